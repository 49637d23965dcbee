import type { QueryClient } from "@tanstack/react-query";
import { createRouter, stringifySearchWith } from "@tanstack/react-router";
import { NotFoundPage } from "./NotFoundPage";
import { PageFailed } from "./PageFailed";
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
    defaultErrorComponent: PageFailed,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
