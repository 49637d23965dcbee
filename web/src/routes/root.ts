import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, redirect } from "@tanstack/react-router";
import { client } from "../api/client";
import { meQuery, userQuery } from "../api/me";
import type { Plane } from "../api/plane";
import { sessionExpired } from "../api/query-client";
import type { Me } from "../features/session/planes";

/** What both planes hang on. */
export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({});

interface Opening {
  context: { queryClient: QueryClient };
  location: { href: string };
}

/** Lets nobody into the pages of a plane who is not signed in to it; they come back to the address after they have. */
export async function requireSession(plane: Plane, { context: { queryClient }, location }: Opening): Promise<void> {
  const { queryKey } = plane === "system" ? meQuery() : userQuery();
  if (await queryClient.ensureQueryData({ queryKey, queryFn: () => whoIsSignedIn(plane) })) return;
  queryClient.removeQueries({ queryKey });
  sessionExpired[plane].set(false);
  const to = plane === "system" ? "/system/sign-in" : "/admin/sign-in";
  throw redirect({ to, search: { return_to: location.href } });
}

/** Asks so that nobody being signed in is no error, which the browser would tell of; then it is null. */
async function whoIsSignedIn(plane: Plane): Promise<Me | null> {
  const query = { params: { query: { optional: true } } };
  const { data, error } = await (plane === "system"
    ? client.GET("/api/v1/system/auth/me", query)
    : client.GET("/api/v1/admin/auth/me", query));
  if (error) throw error;
  return data ?? null;
}

/** An address of this page only, so that a link to sign in cannot lead elsewhere. */
export function ownAddress(address: string | undefined): string | undefined {
  return address && /^\/(?![/\\])/.test(address) ? address : undefined;
}
