import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { readTenantsSearch } from "../features/tenants/tenants-search";
import { text } from "../lib/search";
import { ownAddress, requireSession, root } from "./root";
import { ServerAwayPage } from "./ServerAwayPage";

/** Every page of the tenant plane, frame included: who works in the other plane loads none of it. */

export const adminSignIn = createRoute({
  getParentRoute: () => root,
  path: "/admin/sign-in",
  validateSearch: (search): { return_to?: string } => ({ return_to: ownAddress(text(search.return_to)) }),
  component: lazyRouteComponent(() => import("../features/session/SignInPage"), "TenantSignInPage"),
});

const frame = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: (opening) => requireSession("tenant", opening),
  component: lazyRouteComponent(() => import("./TenantShell"), "TenantShell"),
  errorComponent: ServerAwayPage,
});

const start = createRoute({
  getParentRoute: () => frame,
  path: "/",
  component: lazyRouteComponent(() => import("../features/tenants/StartPage"), "StartPage"),
});

const tenants = createRoute({
  getParentRoute: () => frame,
  path: "/tenants",
  validateSearch: readTenantsSearch,
  component: lazyRouteComponent(() => import("../features/tenants/TenantsPage"), "TenantsPage"),
});

const tenant = createRoute({
  getParentRoute: () => frame,
  path: "/tenants/$tenantId",
  component: lazyRouteComponent(() => import("../features/tenants/TenantGate"), "TenantGate"),
});

const tenantStart = createRoute({
  getParentRoute: () => tenant,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/admin/tenants/$tenantId/dashboard", params });
  },
});

const dashboard = createRoute({
  getParentRoute: () => tenant,
  path: "/dashboard",
  component: lazyRouteComponent(() => import("../features/tenants/TenantDashboardPage"), "TenantDashboardPage"),
});

export const admin = frame.addChildren([start, tenants, tenant.addChildren([tenantStart, dashboard])]);
