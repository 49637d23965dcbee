import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Preflight, Scope } from "../../api/schema";
import { scopeKey } from "./scope";

/** How often what stands on the page is asked for again. */
export const LIVE_MILLISECONDS = 5_000;
/** How long a preflight can be confirmed at most: what is older is of no use to anybody who comes back to it. */
const KEPT_MILLISECONDS = 15 * 60_000;
/** Longest delay that timers take. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The runbooks, fetched again every few seconds while somebody looks. */
export const runbooksQuery = () =>
  api.queryOptions("get", "/api/v1/system/ops/runbooks", undefined, { refetchInterval: LIVE_MILLISECONDS });

/** One run while it is active; whoever may not see runs is not asked about it twice. */
export const activeRunQuery = (id: number) =>
  api.queryOptions(
    "get",
    "/api/v1/system/ops/runs/{id}",
    { params: { path: { id } } },
    { retry: false, refetchInterval: (query) => (query.state.status === "error" ? false : LIVE_MILLISECONDS) },
  );

const preflightKey = (runbookKey: string, scope: Scope | null) => ["preflight", runbookKey, scope && scopeKey(scope)];

/** The last preflight of this runbook and scope, and how to make or replace it. Pages come and go; its figures stay. */
export function usePreflight(runbookKey: string, scope: Scope | null) {
  const queries = useQueryClient();
  const stored = useQuery<Preflight>({
    queryKey: preflightKey(runbookKey, scope),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MILLISECONDS,
  });
  const store = (fresh: Preflight) => queries.setQueryData(preflightKey(fresh.runbook_key, fresh.scope), fresh);
  const request = api.useMutation("post", "/api/v1/system/ops/runbooks/{key}/preflight", { onSuccess: store });
  const asked = request.variables;
  const isOfThis =
    scope !== null && asked?.params.path.key === runbookKey && scopeKey(asked.body.scope) === scopeKey(scope);
  return {
    preflight: stored.data,
    isPending: request.isPending && isOfThis,
    problem: request.isError && isOfThis ? asProblem(request.error) : null,
    run: () => scope && request.mutate({ params: { path: { key: runbookKey } }, body: { scope } }),
    replace: store,
    forget: () => queries.resetQueries({ queryKey: preflightKey(runbookKey, scope), exact: true }),
  };
}

/** Whether a moment has passed, without asking every second. */
export function useHasPassed(moment: string | undefined): boolean {
  const at = moment ? Date.parse(moment) : Number.POSITIVE_INFINITY;
  const [noticed, setNoticed] = useState<number | null>(null);
  useEffect(() => {
    if (!Number.isFinite(at)) return;
    const timer = setTimeout(() => setNoticed(at), Math.min(Math.max(0, at - Date.now()), LONGEST_TIMER));
    return () => clearTimeout(timer);
  }, [at]);
  return noticed === at || at <= Date.now();
}
