import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { refreshFindings } from "../../api/findings";
import { newestOperationQuery } from "./queries";

/** Has the findings of a tenant looked at again when a run of it has ended, whoever started it (WEB-04). */
export function useEndedRuns(tenantId: number): void {
  const queries = useQueryClient();
  const operations = useQuery(newestOperationQuery(tenantId)).data?.items;
  const newest = operations?.[0];
  const state = operations && `${newest?.id} ${newest?.completed_at ?? "active"}`;
  const hasEnded = Boolean(newest?.completed_at);
  const seen = useRef(state);
  useEffect(() => {
    if (hasEnded && seen.current !== undefined && seen.current !== state) refreshFindings(queries);
    seen.current = state;
  }, [state, hasEnded, queries]);
}
