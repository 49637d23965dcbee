import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, client } from "../../api/client";
import type { AlertDestination, AlertRule } from "../../api/schema";
import type { DeliveriesSearch } from "./alerts-search";

const MOST = 200;
const EVERY_MILLISECONDS = 5_000;

/** Every rule. */
export const rulesQuery = () =>
  api.queryOptions("get", "/api/v1/system/alerts/rules", { params: { query: { limit: MOST } } });

/** Every destination. */
export const destinationsQuery = () =>
  api.queryOptions("get", "/api/v1/system/alerts/destinations", { params: { query: { limit: MOST } } });

/** Kinds of events that rules can name. */
export const eventsQuery = () =>
  api.queryOptions("get", "/api/v1/system/alerts/events", undefined, { staleTime: Number.POSITIVE_INFINITY });

/** One page of deliveries; the newest page is looked at again every few seconds. */
export const deliveriesQuery = (search: DeliveriesSearch) => {
  const query = Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
  return api.queryOptions(
    "get",
    "/api/v1/system/alerts/deliveries",
    { params: { query } },
    { refetchInterval: search.cursor === undefined ? EVERY_MILLISECONDS : false },
  );
};

/** Something as somebody saw it, with the version that a change is held against. */
export interface Seen<T> {
  value: T;
  etag: string;
}

/** What a dialog decides on: read once when it opens, so that nothing changes while somebody is deciding. */
const seen = <T>(name: string, id: number, read: () => Promise<{ data?: T; error?: unknown; response: Response }>) =>
  queryOptions({
    queryKey: [`${name} as seen`, id],
    queryFn: async (): Promise<Seen<T>> => {
      const { data, error, response } = await read();
      if (!data) throw error;
      return { value: data, etag: response.headers.get("ETag") ?? "*" };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: "always",
  });

/** A rule with its version. */
export const seenRuleQuery = (id: number) =>
  seen<AlertRule>("rule", id, () => client.GET("/api/v1/system/alerts/rules/{id}", { params: { path: { id } } }));

/** A destination with its version. */
export const seenDestinationQuery = (id: number) =>
  seen<AlertDestination>("destination", id, () =>
    client.GET("/api/v1/system/alerts/destinations/{id}", { params: { path: { id } } }),
  );

/** Has everything that the API said looked at again. */
export function lookAgain(queries: QueryClient): void {
  void queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => first === "get" });
}
