import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The binary under test, with the page that `make` built. */
const BINARY =
  process.env.PRODUCT_BINARY ?? fileURLToPath(new URL("../../../target/debug/tenantatlas", import.meta.url));

type Settings = Record<string, string>;

/** Runs a command of the product and gives what it printed; fails when it fails. */
export async function run(database: string, args: string[], input = ""): Promise<string> {
  const child = start(database, args, {}, "pipe");
  let [output, errors] = ["", ""];
  child.stdout?.on("data", (bytes) => {
    output += bytes;
  });
  child.stderr?.on("data", (bytes) => {
    errors += bytes;
  });
  child.stdin?.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`tenantatlas ${args.join(" ")} ended with ${code}: ${errors}${output}`);
  return output;
}

/** A server that is ready. */
export interface Server {
  url: string;
  /** Asks it to stop and waits until it has. */
  stop: () => Promise<void>;
}

/** Receivers of alerts that a test starts are on this machine. */
const DEFAULTS: Settings = { TENANTATLAS_ALERTS_ALLOWED_NETWORKS: "127.0.0.0/8" };

/** Starts the product; port 0 takes a free one. */
export async function serve(database: string, port = 0, settings: Settings = {}): Promise<Server> {
  const address = { TENANTATLAS_LISTEN: `127.0.0.1:${port}` };
  const child = start(database, ["serve"], { ...DEFAULTS, ...address, ...settings }, "ignore");
  const ended = once(child, "close");
  const url = await new Promise<string>((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (bytes) => {
      output += bytes;
      const address = /listens on (\S+)/.exec(output)?.[1];
      if (address) resolve(address);
    });
    void ended.then(() => reject(new Error(`the server ended: ${output}`)));
  });
  return {
    url,
    stop: async () => {
      if (child.exitCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

function start(database: string, args: string[], settings: Settings, stdin: "pipe" | "ignore"): ChildProcess {
  return spawn(BINARY, args, {
    env: { ...process.env, DATABASE_URL: database, TENANTATLAS_LOG: "warn", ...settings },
    stdio: [stdin, "pipe", stdin === "pipe" ? "pipe" : "inherit"],
  });
}
