import { useSuspenseQuery } from "@tanstack/react-query";
import { api } from "./client";
import type { OperatorProfile } from "./schema";

/** Who is signed in. */
export const meQuery = () =>
  api.queryOptions("get", "/api/v1/system/auth/me", undefined, { staleTime: 60_000, refetchInterval: 60_000 });

/** The operator, inside of pages that need one. */
export function useOperator(): OperatorProfile {
  return useSuspenseQuery(meQuery()).data.operator;
}
