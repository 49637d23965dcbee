import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemState } from "./ProblemState";

interface Props<T> {
  query: UseQueryResult<T, unknown>;
  /** Of the size that the content will have, so that nothing moves when it comes. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}

/** The states of a query: its skeleton while it loads, the problem if it failed, else the content; old content stays. */
export function QueryState<T>({ query, skeleton, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true" aria-live="polite">
      {skeleton}
    </div>
  );
}
