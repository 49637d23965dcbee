import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, redirect } from "@tanstack/react-router";
import { meQuery, userQuery } from "../api/me";
import type { Plane } from "../api/plane";
import { asProblem } from "../api/problem";
import { sessionExpired } from "../api/query-client";

/** What both planes hang on. */
export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({});

interface Opening {
  context: { queryClient: QueryClient };
  location: { href: string };
}

/** Lets nobody into the pages of a plane who is not signed in to it; they come back to the address after they have. */
export async function requireSession(plane: Plane, { context: { queryClient }, location }: Opening): Promise<void> {
  try {
    await (plane === "system" ? queryClient.ensureQueryData(meQuery()) : queryClient.ensureQueryData(userQuery()));
  } catch (error) {
    if (asProblem(error).code !== "unauthenticated") throw error;
    sessionExpired[plane].set(false);
    const to = plane === "system" ? "/system/sign-in" : "/admin/sign-in";
    throw redirect({ to, search: { return_to: location.href } });
  }
}

/** An address of this page only, so that a link to sign in cannot lead elsewhere. */
export function ownAddress(address: string | undefined): string | undefined {
  return address && /^\/(?![/\\])/.test(address) ? address : undefined;
}
