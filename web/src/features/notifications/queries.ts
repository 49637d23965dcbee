import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { client } from "../../api/client";
import type { Plane } from "../../api/plane";

/** The newest notifications of whoever is signed in to the plane, and how many are unread in all. */
export const listQuery = (plane: Plane, limit: number) =>
  queryOptions({
    queryKey: ["notifications", plane, limit],
    queryFn: async ({ signal }) => {
      const options = { params: { query: { limit } }, signal };
      const { data, error } = await (plane === "system"
        ? client.GET("/api/v1/system/notifications", options)
        : client.GET("/api/v1/admin/notifications", options));
      if (!data) throw error;
      return data;
    },
  });

/** Where the plane tells of changes. */
export const eventsOf = (plane: Plane) =>
  plane === "system" ? "/api/v1/system/notifications/events" : "/api/v1/admin/notifications/events";

/** Fetches again what is on show. */
export function refreshNotifications(queries: QueryClient, plane: Plane): Promise<void> {
  return queries.invalidateQueries({ queryKey: ["notifications", plane] });
}

/** Marks one as read. */
export async function markRead(plane: Plane, id: number): Promise<void> {
  const path = { params: { path: { id } } };
  await (plane === "system"
    ? client.POST("/api/v1/system/notifications/{id}/read", path)
    : client.POST("/api/v1/admin/notifications/{id}/read", path));
}

/** Marks as read what was there when the newest on show was told: what has come since nobody has seen. */
export async function markAllRead(plane: Plane, newest: number): Promise<void> {
  const body = { body: { up_to: newest } };
  const { error } = await (plane === "system"
    ? client.POST("/api/v1/system/notifications/read-all", body)
    : client.POST("/api/v1/admin/notifications/read-all", body));
  if (error) throw error;
}
