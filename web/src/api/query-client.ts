import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { createStore } from "../lib/store";
import { planeOf } from "./plane";
import { asProblem, isUnreachable } from "./problem";

/** The session of a plane ended while its pages were in use; whoever shows them asks for the password again. */
export const sessionExpired = { system: createStore(false), tenant: createStore(false) };

/** The server does not answer. */
export const serverAway = createStore(false);

const RETRIES = 2;

/** What every query and mutation shares. */
export function createAppQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: notice, onSuccess: () => serverAway.set(false) }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        // Whether there is a network says nothing about a server on the same machine.
        networkMode: "always",
        staleTime: 5_000,
        retry: (count, error) => count < RETRIES && isTransient(error),
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** True when the same request may well succeed a moment later, also because fewer of a person's requests are under way then. */
function isTransient(error: unknown): boolean {
  const problem = asProblem(error);
  return isUnreachable(problem) || problem.status === 503 || problem.code === "too-many-requests";
}

function notice(error: unknown): void {
  const problem = asProblem(error);
  if (problem.code === "unauthenticated") sessionExpired[planeOf(problem.instance)].set(true);
  if (isUnreachable(problem)) serverAway.set(true);
}
