import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, client } from "../../api/client";
import type { Control, ControlsBody } from "../../api/schema";

const EVERY_MILLISECONDS = 5_000;

/** All controls, looked at again every few seconds. */
export const controlsQuery = () =>
  api.queryOptions("get", "/api/v1/system/ops/controls", undefined, { refetchInterval: EVERY_MILLISECONDS });

/** A control as somebody saw it, with the version that a change is held against. */
export interface Seen {
  control: Control;
  etag: string;
}

/** Reads a control with its version. Throws the problem of the API. */
export async function readControl(key: string): Promise<Seen> {
  const { data, error, response } = await client.GET("/api/v1/system/ops/controls/{key}", {
    params: { path: { key } },
  });
  if (!data) throw error;
  return { control: data, etag: response.headers.get("ETag") ?? "*" };
}

/** What a dialog decides on: read once when it opens, so that nothing changes while somebody is deciding. */
export const seenQuery = (key: string) =>
  queryOptions({
    queryKey: ["control as seen", key],
    queryFn: () => readControl(key),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: "always",
  });

/** Takes over the control of an answer, and has everything else looked at again. */
export function takeOver(queries: QueryClient, control: Control): void {
  const { queryKey } = controlsQuery();
  queries.setQueryData<ControlsBody>(
    queryKey,
    (before) => before && { items: before.items.map((item) => (item.key === control.key ? control : item)) },
  );
  void queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => first === "get" });
}
