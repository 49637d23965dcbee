import type { QueryClient } from "@tanstack/react-query";
import { client } from "../../api/client";
import { meQuery } from "../../api/me";
import { type ApiProblem, asProblem } from "../../api/problem";
import { sessionExpired } from "../../api/query-client";
import type { OperatorProfile } from "../../api/schema";

/** What came of an attempt to sign in. */
export type SignInResult = { operator: OperatorProfile } | { problem: ApiProblem; retryAfterSeconds: number | null };

/** Signs in; the cookie of the answer is the session. */
export async function signIn(email: string, password: string): Promise<SignInResult> {
  try {
    const { data, error, response } = await client.POST("/api/v1/system/auth/login", { body: { email, password } });
    if (data) return { operator: data.operator };
    const wait = Number(response.headers.get("Retry-After"));
    return { problem: asProblem(error), retryAfterSeconds: wait > 0 ? wait : null };
  } catch (failure) {
    return { problem: asProblem(failure), retryAfterSeconds: null };
  }
}

/** Takes over the answer of a sign-in: what somebody else saw before is forgotten. */
export async function enter(queries: QueryClient, operator: OperatorProfile): Promise<void> {
  const { queryKey } = meQuery();
  const before = queries.getQueryData<{ operator: OperatorProfile }>(queryKey)?.operator;
  if (before && before.id !== operator.id) queries.clear();
  queries.setQueryData(queryKey, { operator });
  sessionExpired.set(false);
  await queries.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
}

/** Signs out. While the server has not said so the session is open, so a failure is told: gives the problem, or null. */
export async function signOut(): Promise<ApiProblem | null> {
  try {
    const { error, response } = await client.POST("/api/v1/system/auth/logout");
    return response.ok || response.status === 401 ? null : asProblem(error);
  } catch (failure) {
    return asProblem(failure);
  }
}
