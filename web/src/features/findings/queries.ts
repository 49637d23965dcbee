import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/client";
import { FINDINGS, readFindings } from "../../api/findings";
import type { Finding } from "../../api/schema";
import { type FindingsSearch, filterOf } from "./findings-search";

/** Answers that are read for one page at most. Each looks at 20,000 findings, so that a page is there within a second or two. */
const ANSWERS = 25;

/** One page of a tenant's findings. */
export function findingsQuery(tenant: number, view: FindingsSearch) {
  const { overdue, unobserved, ...filter } = filterOf(view);
  const narrowed = {
    ...filter,
    ...(overdue && { overdue: overdue === "true" }),
    ...(unobserved && { unobserved: unobserved === "true" }),
    ...(view.cursor && { cursor: view.cursor }),
  };
  return queryOptions({
    queryKey: ["get", FINDINGS, tenant, narrowed],
    queryFn: ({ signal }) => readFindings(tenant, narrowed, { size: 50, answers: ANSWERS }, signal),
  });
}

/** A finding as somebody saw it, with the version that a change is held against. */
export interface Seen {
  finding: Finding;
  etag: string;
}

/** Reads a finding with its version. Throws the problem of the API. */
export async function readFinding(tenant: number, id: number): Promise<Seen> {
  const { data, error, response } = await client.GET("/api/v1/admin/tenants/{tenant}/findings/{id}", {
    params: { path: { tenant, id } },
  });
  if (!data) throw error;
  return { finding: data, etag: response.headers.get("ETag") ?? "*" };
}

/** One finding with its version. */
export const findingQuery = (tenant: number, id: number) =>
  queryOptions({ queryKey: ["finding", tenant, id], queryFn: () => readFinding(tenant, id) });
