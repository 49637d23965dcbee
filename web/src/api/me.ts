import { useSuspenseQuery } from "@tanstack/react-query";
import { api } from "./client";
import type { OperatorProfile, UserProfile } from "./schema";

const FRESH = { staleTime: 60_000, refetchInterval: 60_000 };

/** Who is signed in as an operator. */
export const meQuery = () => api.queryOptions("get", "/api/v1/system/auth/me", undefined, FRESH);

/** The operator, inside of pages that need one. */
export function useOperator(): OperatorProfile {
  return useSuspenseQuery(meQuery()).data.operator;
}

/** Who is signed in as a customer's user. */
export const userQuery = () => api.queryOptions("get", "/api/v1/admin/auth/me", undefined, FRESH);

/** The user, inside of pages of the tenant plane. */
export function useUser(): UserProfile {
  return useSuspenseQuery(userQuery()).data.user;
}
