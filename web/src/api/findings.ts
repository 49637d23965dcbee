import type { QueryClient } from "@tanstack/react-query";
import { client } from "./client";
import { readOn } from "./read-on";
import type { paths } from "./schema";

/** The list of a tenant's findings. */
export const FINDINGS = "/api/v1/admin/tenants/{tenant}/findings";

/** The figures of a tenant's findings. */
export const FINDINGS_SUMMARY = "/api/v1/admin/tenants/{tenant}/findings/summary";

/** What findings are narrowed by. */
type Narrowed = NonNullable<paths[typeof FINDINGS]["get"]["parameters"]["query"]>;

/** Reads findings of a tenant on until there are so many: an answer looks at 20,000 of them at most. */
export function readFindings(
  tenant: number,
  { cursor: from, ...narrowed }: Narrowed,
  page: { size: number; answers: number },
  signal: AbortSignal,
) {
  return readOn({ from: from ?? undefined, ...page }, async (cursor, limit) => {
    const query = { ...narrowed, limit, ...(cursor && { cursor }) };
    const { data, error } = await client.GET(FINDINGS, { params: { path: { tenant }, query }, signal });
    if (!data) throw error;
    return data;
  });
}

/** Has everything that shows findings of a tenant looked at again. */
export function refreshFindings(queries: QueryClient): void {
  for (const queryKey of [["finding"], ["get", FINDINGS], ["get", FINDINGS_SUMMARY]]) {
    void queries.invalidateQueries({ queryKey });
  }
}
