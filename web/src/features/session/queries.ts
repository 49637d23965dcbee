import type { QueryClient } from "@tanstack/react-query";
import type { Plane } from "../../api/plane";
import { type ApiProblem, asProblem } from "../../api/problem";
import { sessionExpired } from "../../api/query-client";
import { type Me, personOf, SESSIONS } from "./planes";

/** What came of an attempt to sign in. */
export type SignInResult = { me: Me } | { problem: ApiProblem; retryAfterSeconds: number | null };

/** Signs in; the cookie of the answer is the session. */
export async function signIn(plane: Plane, email: string, password: string): Promise<SignInResult> {
  try {
    const { data, error, response } = await SESSIONS[plane].login({ email, password });
    if (data) return { me: data };
    const wait = Number(response.headers.get("Retry-After"));
    return { problem: asProblem(error), retryAfterSeconds: wait > 0 ? wait : null };
  } catch (failure) {
    return { problem: asProblem(failure), retryAfterSeconds: null };
  }
}

/** Takes over the answer of a sign-in: what somebody else saw before is forgotten. */
export async function enter(queries: QueryClient, plane: Plane, me: Me): Promise<void> {
  const queryKey = SESSIONS[plane].key();
  const before = queries.getQueryData<Me>(queryKey);
  if (before && personOf(before).id !== personOf(me).id) queries.clear();
  queries.setQueryData(queryKey, me);
  sessionExpired[plane].set(false);
  await queries.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
}

/** Signs out. While the server has not said so the session is open, so a failure is told: gives the problem, or null. */
export async function signOut(plane: Plane): Promise<ApiProblem | null> {
  try {
    const { error, response } = await SESSIONS[plane].logout();
    return response.ok || response.status === 401 ? null : asProblem(error);
  } catch (failure) {
    return asProblem(failure);
  }
}
