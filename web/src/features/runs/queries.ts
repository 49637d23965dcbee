import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { meQuery } from "../../api/me";
import { words } from "../../lib/format";
import type { ShownRun } from "./plane";
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

/** The types of runs with their labels; who may not see runbooks is not refused them, but reads the types' keys. */
export function useRunTypes() {
  const me = useQuery(meQuery());
  const runbooks = useQuery(
    api.queryOptions("get", "/api/v1/system/ops/runbooks", undefined, {
      staleTime: RUNBOOKS_STALE_MILLISECONDS,
      enabled: me.data?.operator.capabilities.includes("platform.runbooks.view") ?? false,
    }),
  );
  const types = (runbooks.data?.items ?? []).map(({ key, label }) => ({ key, label }));
  return { types, labelOf: (type: string) => types.find(({ key }) => key === type)?.label ?? words(type) };
}

/** Over whom a run goes. */
export function scopeLabel(run: Pick<ShownRun, "tenant" | "context">): string {
  if (run.tenant) return run.tenant.name;
  const { retryOfRunId } = runContext(run.context);
  return retryOfRunId === null ? "All tenants" : `Failed tenants of run ${retryOfRunId}`;
}
