import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./support/test.ts";

const LABELS = [
  "Active workspaces",
  "Onboarding checkpoints",
  "Support diagnostics",
  "Operations started",
  "Stored reports",
  "Review packs requested",
];
const NOTHING =
  "DELETE FROM product_usage_events; DELETE FROM product_usage_counts; DELETE FROM product_usage_active_workspaces";

const panel = (page: Page) => page.getByRole("region", { name: "Product telemetry" });
const figure = (page: Page, label: string) =>
  panel(page)
    .locator("dl > *")
    .filter({ has: page.locator("dt", { hasText: label }) });

/** The number that a figure shows. */
async function shown(page: Page, label: string): Promise<number> {
  const value = await figure(page, label).locator("dd").first().textContent();
  return Number(value?.replaceAll(",", "").trim() || Number.NaN);
}

/** Starts of an operation by a customer's user, so many, as long ago as said. */
const started = (starts: number, age: string) => `
  INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id,
                                    metadata, occurred_at)
  SELECT m.workspace_id, m.tenant_id, m.user_id, 'product.operations.started', 'operations', 'operation_run', n,
         '{"operation_type": "inventory.sync"}', now() - interval '${age}'
  FROM (SELECT * FROM tenant_memberships ORDER BY tenant_id, user_id LIMIT 1) m, generate_series(1, ${starts}) n`;

test("a new installation shows what telemetry is for", async ({ page }) => {
  await page.goto("/system/dashboard?window=30d");
  for (const label of LABELS) {
    await expect(figure(page, label)).toBeVisible();
    expect(await shown(page, label), label).toBeGreaterThan(0);
    await expect(panel(page).getByRole("img", { name: `${label} by the day` })).toBeVisible();
  }
  await expect(panel(page)).toContainText(/\d+ events in the last 30 days\./);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
});

test("what was used is counted for the window in the address, with the window before and a table", async ({
  page,
  product,
}) => {
  await product.query(NOTHING);
  await product.query(started(1, "90 minutes"));
  await product.query(started(2, "2 days"));
  await page.goto("/system/dashboard?window=1h");
  await expect(panel(page)).toContainText("No telemetry recorded in Last hour.");
  await expect(figure(page, "Operations started")).toContainText("−1 (1 before)");

  await page.getByText("7 d", { exact: true }).click();
  await expect(page).toHaveURL(/window=7d/);
  await expect(panel(page)).toContainText("3 events in the last 7 days.");
  await expect(figure(page, "Operations started")).toContainText("+3 (0 before)");
  await expect(figure(page, "Active workspaces")).toContainText("+1 (0 before)");
  await expect(figure(page, "Stored reports")).toContainText("as before");

  await panel(page).getByText("The same as a table").click();
  const table = panel(page).getByRole("table", { name: "Product telemetry by the day" });
  await expect(table.getByRole("columnheader")).toHaveText(["From (UTC)", ...LABELS]);
  const sum = await table
    .locator("tbody tr")
    .evaluateAll((rows) => rows.reduce((all, row) => all + Number(row.querySelectorAll("td")[3]?.textContent), 0));
  expect(sum).toBe(3);
  await expectAccessible(page);
});

test("what a customer's user starts is one more on the operator's dashboard", async ({ page, product, member }) => {
  await page.goto("/system/dashboard?window=1h");
  await expect(figure(page, "Operations started")).toBeVisible();
  const before = await shown(page, "Operations started");

  const [tenant] = await product.tenants();
  await member.post(`/tenants/${tenant?.id}/findings/lifecycle-backfill`);
  await page.reload();

  await expect(figure(page, "Operations started").locator("dd").first()).toHaveText(
    (before + 1).toLocaleString("en-GB"),
  );
  expect(await shown(page, "Active workspaces")).toBeGreaterThan(0);
});

test("a window before of which events were removed is compared with nothing", async ({ page, product }) => {
  await page.goto("/system/dashboard?window=30d");
  await expect(panel(page)).not.toContainText("Before: not kept");
  await product.cli("product-usage", "prune", "--days", "30");
  await page.reload();
  for (const label of LABELS) {
    await expect(figure(page, label)).toContainText("Before: not kept");
    expect(await shown(page, label), label).toBeGreaterThan(0);
  }
  await expectAccessible(page);
});

test("where nothing was recorded the page says so", async ({ page, product }) => {
  await product.query(NOTHING);
  await page.goto("/system/dashboard");
  await expect(panel(page)).toContainText("No telemetry recorded in Last 24 hours.");
  for (const label of LABELS) await expect(figure(page, label)).toContainText("as before");
  await page.setViewportSize({ width: 360, height: 800 });
  await panel(page).getByText("The same as a table").click();
  await expectAccessible(page);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(360);
});
