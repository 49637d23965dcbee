import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, MANAGER, RUNBOOK, signIn, test } from "./support/test.ts";

/** Where the pictures go; not part of the repository. */
const FOLDER = fileURLToPath(new URL("./screenshots", import.meta.url));

const PAGES: Record<string, string> = {
  dashboard: "/system/dashboard",
  runbooks: "/system/ops/runbooks",
  runs: "/system/ops/runs",
  "runs-none": "/system/ops/runs?outcome=blocked",
  run: "/system/ops/runs/1",
  "run-failures": "/system/ops/runs/1?tab=failures",
  "run-context": "/system/ops/runs/1?tab=context",
  "run-audit": "/system/ops/runs/1?tab=audit",
  "run-missing": "/system/ops/runs/999999",
  controls: "/system/ops/controls",
  audit: "/system/audit",
  tokens: "/system/settings/tokens",
  sessions: "/system/settings/sessions",
  "alert-rules": "/system/settings/alerts/rules",
  "alert-rule": "/system/settings/alerts/rules?dialog=new",
  "alert-destinations": "/system/settings/alerts/destinations",
  "alert-destination": "/system/settings/alerts/destinations?dialog=new",
  "alert-deliveries": "/system/settings/alerts/deliveries",
  "no-such-page": "/system/nothing",
};

/** Of the tenant plane, below the address of a tenant unless they begin with a slash. */
const TENANT_PAGES: Record<string, string> = {
  tenants: "/admin/tenants",
  "tenant-missing": "/admin/tenants/999999",
  "tenant-dashboard": "dashboard",
  findings: "findings",
  "findings-none": "findings?search=nothing-has-this-name",
  finding: "findings/FINDING",
  "finding-edit": "findings/FINDING?dialog=edit",
  backfill: "findings?dialog=backfill",
  import: "findings/import",
  operations: "operations",
  operation: "operations/OPERATION",
  "operation-context": "operations/OPERATION?tab=context",
};

const VIEWS = {
  light: { colorScheme: "light", width: 1360, height: 900 },
  dark: { colorScheme: "dark", width: 1360, height: 900 },
  phone: { colorScheme: "light", width: 360, height: 780 },
} as const;

test("a picture of every page, light, dark and on a phone", async ({ page, caller, noise }) => {
  test.setTimeout(300_000);
  noise.allow(/404/);
  mkdirSync(FOLDER, { recursive: true });
  await caller.completedRun();
  await caller.pause("restore.execute", "Incident 4711: restores write to the wrong tenant");
  const destination = await caller.post("/alerts/destinations", {
    name: "Ops channel",
    kind: "teams",
    url: "https://ops.invalid/webhook/1",
  });
  const rule = await caller.post("/alerts/rules", {
    name: "Runs that fail",
    events: ["operations.run.failed", "operations.run.stale"],
    destination_ids: [destination.id],
    cooldown_seconds: 600,
    quiet_hours: { from: "22:00", to: "07:00", time_zone: "Europe/Berlin" },
  });
  await caller.post(`/alerts/rules/${rule.id}/test`);
  await caller.post(`/ops/controls/${RUNBOOK}/preview`, { action: "pause", scope_type: "global" });
  await picture(page, PAGES);
});

test("a picture of every page of the tenant plane, light, dark and on a phone", async ({
  page,
  product,
  caller,
  member,
  noise,
}) => {
  test.setTimeout(300_000);
  noise.allow(/404/);
  mkdirSync(FOLDER, { recursive: true });
  await signIn(page, product, MANAGER);
  await page.goto("/system/sign-in");
  await pictureOf(page, "sign-in");
  await page.goto("/admin/sign-in");
  await pictureOf(page, "tenant-sign-in");
  const [tenant, other] = await product.tenants();
  const { id: operation } = await member.post(`/tenants/${other?.id}/findings/lifecycle-backfill`);
  await caller.completed(operation);
  await caller.pause(RUNBOOK, "Incident 4711: imports write twice");
  const { items } = await member.get(`/tenants/${tenant?.id}/findings?limit=1`);
  const addresses = Object.entries(TENANT_PAGES).map(([name, path]) => {
    const of = path.startsWith("operation") ? other : tenant;
    const address = path.replace("FINDING", items[0].id).replace("OPERATION", operation);
    return [name, path.startsWith("/") ? path : `/admin/tenants/${of?.id}/${address}`];
  });
  await picture(page, Object.fromEntries(addresses));
});

async function picture(page: Page, pages: Record<string, string>): Promise<void> {
  for (const [view, { colorScheme, width, height }] of Object.entries(VIEWS)) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      expect(await widest(page), `${name} on ${view} has to fit`).toBeLessThanOrEqual(width);
      await pictureOf(page, `${name}-${view}`);
    }
  }
}

async function pictureOf(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true });
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** Pixels that the page needs; more than the window has means that it scrolls sideways. */
async function widest(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}
