import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver of webhooks on this machine. */
export interface Receiver {
  url: string;
  /** Status of its answers from now on. */
  answer(status: number): void;
  /** Ids of the deliveries that have arrived, in order. */
  deliveries: string[];
  stop(): Promise<void>;
}

/** Starts one. */
export async function receive(status: number): Promise<Receiver> {
  const deliveries: string[] = [];
  let now = status;
  const server = createServer((request, response) => {
    deliveries.push(String(request.headers["x-tenantatlas-delivery"]));
    request.resume().on("end", () => response.writeHead(now).end("nobody is to see this"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    answer: (next) => {
      now = next;
    },
    deliveries,
    stop: async () => {
      server.close();
      await once(server, "close");
    },
  };
}
