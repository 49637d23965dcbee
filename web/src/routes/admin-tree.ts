import { createRoute, redirect } from "@tanstack/react-router";
import { readFindingsSearch } from "../features/findings/findings-search";
import { readOperationSearch } from "../features/runs/run-search";
import { readTenantsSearch } from "../features/tenants/tenants-search";
import { oneOf, text } from "../lib/search";
import { lazyPage } from "./lazy-page";
import { ownAddress, requireSession, root } from "./root";
import { ServerAwayPage } from "./ServerAwayPage";

/** Every page of the tenant plane, frame included: who works in the other plane loads none of it. */

export const adminSignIn = createRoute({
  getParentRoute: () => root,
  path: "/admin/sign-in",
  validateSearch: (search): { return_to?: string } => ({ return_to: ownAddress(text(search.return_to)) }),
  component: lazyPage(() => import("../features/session/SignInPage"), "TenantSignInPage"),
});

const frame = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: (opening) => requireSession("tenant", opening),
  component: lazyPage(() => import("./TenantShell"), "TenantShell"),
  errorComponent: ServerAwayPage,
});

const start = createRoute({
  getParentRoute: () => frame,
  path: "/",
  component: lazyPage(() => import("../features/tenants/StartPage"), "StartPage"),
});

const tenants = createRoute({
  getParentRoute: () => frame,
  path: "/tenants",
  validateSearch: readTenantsSearch,
  component: lazyPage(() => import("../features/tenants/TenantsPage"), "TenantsPage"),
});

const tenant = createRoute({
  getParentRoute: () => frame,
  path: "/tenants/$tenantId",
  component: lazyPage(() => import("../features/tenants/TenantGate"), "TenantGate"),
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
  component: lazyPage(() => import("../features/tenants/TenantDashboardPage"), "TenantDashboardPage"),
});

const findings = createRoute({
  getParentRoute: () => tenant,
  path: "/findings",
  validateSearch: readFindingsSearch,
  component: lazyPage(() => import("../features/findings/FindingsPage"), "FindingsPage"),
});

const finding = createRoute({
  getParentRoute: () => tenant,
  path: "/findings/$findingId",
  validateSearch: (search): { dialog?: "edit" } => ({ dialog: oneOf(search.dialog, ["edit"]) }),
  component: lazyPage(() => import("../features/findings/FindingPage"), "FindingPage"),
});

const importFindings = createRoute({
  getParentRoute: () => tenant,
  path: "/findings/import",
  component: lazyPage(() => import("../features/findings/ImportPage"), "ImportPage"),
});

const operations = createRoute({
  getParentRoute: () => tenant,
  path: "/operations",
  validateSearch: (search): { cursor?: string; live?: "off" } => ({
    cursor: text(search.cursor),
    live: oneOf(search.live, ["off"]),
  }),
  component: lazyPage(() => import("../features/runs/OperationsPage"), "OperationsPage"),
});

const operation = createRoute({
  getParentRoute: () => tenant,
  path: "/operations/$runId",
  validateSearch: readOperationSearch,
  component: lazyPage(() => import("../features/runs/OperationPage"), "OperationPage"),
});

const tokens = createRoute({
  getParentRoute: () => frame,
  path: "/settings/tokens",
  component: lazyPage(() => import("../features/settings/TokensPage"), "UserTokensPage"),
});

const sessions = createRoute({
  getParentRoute: () => frame,
  path: "/settings/sessions",
  component: lazyPage(() => import("../features/settings/SessionsPage"), "UserSessionsPage"),
});

export const admin = frame.addChildren([
  start,
  tenants,
  tokens,
  sessions,
  tenant.addChildren([tenantStart, dashboard, findings, importFindings, finding, operations, operation]),
]);
