import { api } from "../../api/client";
import type { Plane } from "../../api/plane";

/** The addresses of one's own credentials, which are the same in both planes. */
export const PATHS = {
  system: {
    tokens: "/api/v1/system/auth/api-tokens",
    token: "/api/v1/system/auth/api-tokens/{id}",
    capabilities: "/api/v1/system/auth/token-capabilities",
    sessions: "/api/v1/system/auth/sessions",
    session: "/api/v1/system/auth/sessions/{id}",
    everywhere: "/api/v1/system/auth/logout-everywhere",
  },
  tenant: {
    tokens: "/api/v1/admin/auth/api-tokens",
    token: "/api/v1/admin/auth/api-tokens/{id}",
    capabilities: "/api/v1/admin/auth/token-capabilities",
    sessions: "/api/v1/admin/auth/sessions",
    session: "/api/v1/admin/auth/sessions/{id}",
    everywhere: "/api/v1/admin/auth/logout-everywhere",
  },
} as const satisfies Record<Plane, Record<string, string>>;

/** Tokens of whoever is signed in; an owner has a hundred live ones at most. */
export const tokensQuery = (plane: Plane) =>
  api.queryOptions("get", PATHS[plane].tokens, { params: { query: { limit: 200 } } });

/** What a token of theirs can be made for. */
export const capabilitiesQuery = (plane: Plane) => api.queryOptions("get", PATHS[plane].capabilities);

/** Where they are signed in. */
export const sessionsQuery = (plane: Plane) => api.queryOptions("get", PATHS[plane].sessions);
