import type { QueryClient } from "@tanstack/react-query";
import { createRouter, stringifySearchWith } from "@tanstack/react-router";
import { ProblemState } from "../ui/ProblemState";
import { NotFoundPage } from "./NotFoundPage";
import { parseSearch } from "./search-params";
import { routeTree } from "./tree";
import { WithMessages } from "./WithMessages";

/** The router over one cache of queries. */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    InnerWrap: WithMessages,
    parseSearch,
    stringifySearch: stringifySearchWith(String),
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: ({ error, reset }) => <ProblemState error={error} onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
