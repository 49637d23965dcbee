import { createRoute, redirect } from "@tanstack/react-router";
import type { Scope } from "../api/schema";
import { readAlertDialog, readDeliveriesSearch } from "../features/alerts/alerts-search";
import { readAuditSearch } from "../features/audit/audit-search";
import { readControlsSearch } from "../features/controls/control-search";
import { readDashboardSearch } from "../features/dashboard/dashboard-search";
import { readRunSearch } from "../features/runs/run-search";
import { readRunsSearch } from "../features/runs/runs-search";
import { id, oneOf, text } from "../lib/search";
import { admin, adminSignIn } from "./admin-tree";
import { lazyPage } from "./lazy-page";
import { ownAddress, requireSession, root } from "./root";
import { ServerAwayPage } from "./ServerAwayPage";
import { Shell } from "./Shell";

/** Every page of the system plane with its address and its view state; pages load when they are opened. */

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/system" });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/system/sign-in",
  validateSearch: (search): { return_to?: string } => ({ return_to: ownAddress(text(search.return_to)) }),
  component: lazyPage(() => import("../features/session/SignInPage"), "SignInPage"),
});

const system = createRoute({
  getParentRoute: () => root,
  path: "/system",
  beforeLoad: (opening) => requireSession("system", opening),
  component: Shell,
  errorComponent: ServerAwayPage,
});

const systemStart = createRoute({
  getParentRoute: () => system,
  path: "/",
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/system/dashboard", search: readDashboardSearch(search) });
  },
});

const runbooks = createRoute({
  getParentRoute: () => system,
  path: "/ops/runbooks",
  validateSearch: (search): { runbook?: string; scope?: Scope["mode"]; tenant_id?: number } => ({
    runbook: text(search.runbook),
    scope: oneOf(search.scope, ["all_tenants", "single_tenant"]),
    tenant_id: id(search.tenant_id),
  }),
  component: lazyPage(() => import("../features/runbooks/RunbooksPage"), "RunbooksPage"),
});

const runs = createRoute({
  getParentRoute: () => system,
  path: "/ops/runs",
  validateSearch: readRunsSearch,
  component: lazyPage(() => import("../features/runs/RunsPage"), "RunsPage"),
});

const run = createRoute({
  getParentRoute: () => system,
  path: "/ops/runs/$runId",
  validateSearch: readRunSearch,
  component: lazyPage(() => import("../features/runs/RunPage"), "RunPage"),
});

const controls = createRoute({
  getParentRoute: () => system,
  path: "/ops/controls",
  validateSearch: readControlsSearch,
  component: lazyPage(() => import("../features/controls/ControlsPage"), "ControlsPage"),
});

const audit = createRoute({
  getParentRoute: () => system,
  path: "/audit",
  validateSearch: readAuditSearch,
  component: lazyPage(() => import("../features/audit/AuditPage"), "AuditPage"),
});

const dashboard = createRoute({
  getParentRoute: () => system,
  path: "/dashboard",
  validateSearch: readDashboardSearch,
  component: lazyPage(() => import("../features/dashboard/DashboardPage"), "DashboardPage"),
});

const tokens = createRoute({
  getParentRoute: () => system,
  path: "/settings/tokens",
  component: lazyPage(() => import("../features/settings/TokensPage"), "TokensPage"),
});

const sessions = createRoute({
  getParentRoute: () => system,
  path: "/settings/sessions",
  component: lazyPage(() => import("../features/settings/SessionsPage"), "SessionsPage"),
});

const alerts = createRoute({
  getParentRoute: () => system,
  path: "/settings/alerts",
  beforeLoad: ({ location }) => {
    if (location.pathname.endsWith("/alerts")) throw redirect({ to: "/system/settings/alerts/rules" });
  },
});

const alertRules = createRoute({
  getParentRoute: () => alerts,
  path: "/rules",
  validateSearch: readAlertDialog,
  component: lazyPage(() => import("../features/alerts/RulesPage"), "RulesPage"),
});

const alertDestinations = createRoute({
  getParentRoute: () => alerts,
  path: "/destinations",
  validateSearch: readAlertDialog,
  component: lazyPage(() => import("../features/alerts/DestinationsPage"), "DestinationsPage"),
});

const alertDeliveries = createRoute({
  getParentRoute: () => alerts,
  path: "/deliveries",
  validateSearch: readDeliveriesSearch,
  component: lazyPage(() => import("../features/alerts/DeliveriesPage"), "DeliveriesPage"),
});

export const routeTree = root.addChildren([
  start,
  signIn,
  adminSignIn,
  admin,
  system.addChildren([
    systemStart,
    dashboard,
    runbooks,
    runs,
    run,
    controls,
    audit,
    tokens,
    sessions,
    alerts.addChildren([alertRules, alertDestinations, alertDeliveries]),
  ]),
]);
