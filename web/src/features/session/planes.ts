import { client } from "../../api/client";
import { meQuery, userQuery } from "../../api/me";
import type { Plane } from "../../api/plane";
import type { OperatorBody, SignInBody, UserBody } from "../../api/schema";

/** What the API says of whoever is signed in to one of the planes. */
export type Me = OperatorBody | UserBody;

/** What sign-in is in each plane: other people, another cookie, other addresses. */
export const SESSIONS = {
  system: {
    audience: "Operators",
    start: "/system",
    signInPage: "/system/sign-in",
    key: () => meQuery().queryKey,
    login: (body: SignInBody) => client.POST("/api/v1/system/auth/login", { body }),
    logout: () => client.POST("/api/v1/system/auth/logout"),
  },
  tenant: {
    audience: "Tenants",
    start: "/admin",
    signInPage: "/admin/sign-in",
    key: () => userQuery().queryKey,
    login: (body: SignInBody) => client.POST("/api/v1/admin/auth/login", { body }),
    logout: () => client.POST("/api/v1/admin/auth/logout"),
  },
} as const satisfies Record<Plane, object>;

/** Who that is. */
export function personOf(me: Me) {
  return "operator" in me ? me.operator : me.user;
}
