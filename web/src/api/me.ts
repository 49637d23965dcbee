import { useSuspenseQuery } from "@tanstack/react-query";
import { api } from "./client";
import type { OperatorProfile, UserProfile } from "./schema";

const FRESH = { staleTime: 60_000, refetchInterval: 60_000 };

/** Who is signed in as an operator. */
export const meQuery = () => api.queryOptions("get", "/api/v1/system/auth/me", undefined, FRESH);

/** The operator, inside of pages that need one. */
export function useOperator(): OperatorProfile {
  return signedIn(useSuspenseQuery(meQuery()).data).operator;
}

/** Who is signed in as a customer's user. */
export const userQuery = () => api.queryOptions("get", "/api/v1/admin/auth/me", undefined, FRESH);

/** The user, inside of pages of the tenant plane. */
export function useUser(): UserProfile {
  return signedIn(useSuspenseQuery(userQuery()).data).user;
}

/** Nobody is answered only where that was asked for, before the page is shown. */
function signedIn<Me>(me: Me | undefined): Me {
  if (me === undefined) throw new Error("nobody is signed in");
  return me;
}
