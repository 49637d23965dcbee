import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Run } from "../../api/schema";
import { words } from "../../lib/format";
import { runContext } from "./run-context";
import { filterOf, type RunsSearch } from "./runs-search";

const RUNBOOKS_STALE_MILLISECONDS = 300_000;

/** One page of runs. */
export const runsQuery = (search: RunsSearch) =>
  api.queryOptions("get", "/api/v1/system/ops/runs", {
    params: { query: { ...filterOf(search), ...(search.cursor ? { cursor: search.cursor } : {}) } },
  });

/** One run. */
export const runQuery = (runId: number) =>
  api.queryOptions("get", "/api/v1/system/ops/runs/{id}", { params: { path: { id: runId } } });

/** The types of runs with their labels; without the capability to see runbooks there are none, and keys are read out. */
export function useRunTypes() {
  const runbooks = useQuery(
    api.queryOptions("get", "/api/v1/system/ops/runbooks", undefined, { staleTime: RUNBOOKS_STALE_MILLISECONDS }),
  );
  const types = (runbooks.data?.items ?? []).map(({ key, label }) => ({ key, label }));
  return { types, labelOf: (type: string) => types.find(({ key }) => key === type)?.label ?? words(type) };
}

/** Over whom a run goes. */
export function scopeLabel(run: Pick<Run, "tenant" | "context">): string {
  if (run.tenant) return run.tenant.name;
  const { retryOfRunId } = runContext(run.context);
  return retryOfRunId === null ? "All tenants" : `Failed tenants of run ${retryOfRunId}`;
}
