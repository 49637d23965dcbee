import { fileOf, scanOf } from "./support/scans.ts";
import { expect, expectAccessible, MANAGER, OWNER, type Product, READER, RUNBOOK, test } from "./support/test.ts";

// Each look with axe takes seconds where the machine is busy.
test.setTimeout(120_000);

const REASON = "Incident 4711: imports write twice";
const BACKFILL = "Backfill findings lifecycle…";

test.describe("a manager", () => {
  test.use({ as: MANAGER });

  test("imports a scan, backfills the tenant, follows it live, and sees due dates", async ({ page, product }) => {
    const { id, name } = await firstTenant(product);
    await page.goto(`/admin/tenants/${id}/findings/import`);
    await page.locator("input[type=file]").setInputFiles(fileOf("scan.jsonl", scanOf(3)));
    await page.getByRole("button", { name: `Import into ${name}` }).click();
    await expect(page.getByRole("region", { name: "Imported" })).toBeVisible();
    await page.getByRole("link", { name: "All findings" }).click();

    await page.getByRole("button", { name: BACKFILL }).click();
    const dialog = page.getByRole("dialog", { name: "Backfill findings lifecycle" });
    await expect(dialog.getByText(/of [\d,]+ findings change/)).toBeVisible();
    await expect(dialog.getByRole("table", { name: "By change" })).toBeVisible();
    await expectAccessible(page);
    await product.slowDown(20);
    await dialog.getByRole("button", { name: `Start backfill of ${name}` }).click();
    await page.getByRole("link", { name: /^Open operation \d+$/ }).click();

    await expect(page.getByRole("heading", { level: 1 })).toContainText(/Operation \d+/);
    const progress = page.getByRole("progressbar", { name: "Progress of the run" });
    const shown = async () => Number(await progress.getAttribute("aria-valuenow"));
    await expect.poll(shown).toBeGreaterThan(0);
    await product.slowDown(0);
    await expect(page.getByText(/^Ended /)).toBeVisible({ timeout: 30_000 });
    await page.getByRole("link", { name: "Operations" }).click();
    await expect(page.getByRole("table", { name: "Operations, newest first" }).getByRole("row")).toHaveCount(2);
    await page.getByRole("link", { name: "Findings" }).click();
    await expect(page.getByRole("table").getByText("Not set")).toHaveCount(0);
    await page.getByRole("link", { name: "Dashboard" }).click();
    await expect(page.getByRole("region", { name: "Last operation" })).toContainText("Succeeded");

    await page.goto(`/admin/tenants/${id}/findings?dialog=backfill`);
    await expect(dialog.getByText("Nothing to do", { exact: true })).toBeVisible();
    await expect(dialog.getByRole("button", { name: `Start backfill of ${name}` })).toBeDisabled();
  });

  test("sees the findings change when a run that somebody else started has ended", async ({
    page,
    product,
    member,
  }) => {
    const { id } = await firstTenant(product);
    await page.goto(`/admin/tenants/${id}/findings`);
    const table = page.getByRole("table", { name: "Findings, newest first" });
    await expect(table.getByText("Not set").first()).toBeVisible();
    await member.post(`/tenants/${id}/findings/lifecycle-backfill`);
    await expect(table.getByText("Not set")).toHaveCount(0, { timeout: 30_000 });
  });

  test("finds operations accessible in all their parts, without an audit trail", async ({ page, product, member }) => {
    const { id } = await firstTenant(product);
    const run = await member.post(`/tenants/${id}/findings/lifecycle-backfill`);
    for (const path of ["", `/${run.id}`, `/${run.id}?tab=failures`, `/${run.id}?tab=context`]) {
      await page.goto(`/admin/tenants/${id}/operations${path}`);
      await expect(page.getByRole("table").or(page.getByRole("tabpanel")).first()).toBeVisible();
      await expect(page.getByRole("tab", { name: "Audit" })).toHaveCount(0);
      await expectAccessible(page);
    }
  });

  test("reads the reason of a pause, may look at the forecast, and may start once it is over", async ({
    page,
    product,
    caller,
  }) => {
    const { id, name } = await firstTenant(product);
    await caller.pause(RUNBOOK, REASON);
    await page.goto(`/admin/tenants/${id}/findings`);
    await expect(page.getByText(`Paused globally with no end: ${REASON}`)).toBeVisible();
    await page.getByRole("button", { name: BACKFILL }).click();
    const dialog = page.getByRole("dialog", { name: "Backfill findings lifecycle" });
    await expect(dialog.getByRole("note")).toContainText(REASON);
    await expect(dialog.getByRole("table", { name: "By change" })).toBeVisible();
    const start = dialog.getByRole("button", { name: `Start backfill of ${name}` });
    await expect(start).toBeDisabled();
    await expectAccessible(page);

    await caller.post(`/ops/controls/${RUNBOOK}/resume`, { scope_type: "global" });
    await expect(start).toBeEnabled({ timeout: 20_000 });
  });

  test("is told of a pause that lands between forecast and start", async ({ page, product, caller, noise }) => {
    noise.allow(/409/);
    const { id, name } = await firstTenant(product);
    await page.goto(`/admin/tenants/${id}/findings?dialog=backfill`);
    const dialog = page.getByRole("dialog", { name: "Backfill findings lifecycle" });
    await expect(dialog.getByRole("table", { name: "By change" })).toBeVisible();
    await caller.pause(RUNBOOK, REASON);
    await dialog.getByRole("button", { name: `Start backfill of ${name}` }).click();
    await expect(dialog.getByRole("alert")).toContainText(REASON);
    await expectAccessible(page);
  });

  test("sees of a run that an operator started neither who nor why", async ({ page, product, caller }) => {
    const { id } = await firstTenant(product);
    const scope = { mode: "single_tenant", tenant_id: id };
    const preflight = await caller.post(`/ops/runbooks/${RUNBOOK}/preflight`, { scope });
    const run = await caller.post(`/ops/runbooks/${RUNBOOK}/runs`, {
      preflight_id: preflight.id,
      scope,
      reason: { code: "INCIDENT", text: REASON },
    });
    for (const part of ["", "?tab=failures", "?tab=context"]) {
      await page.goto(`/admin/tenants/${id}/operations/${run.id}${part}`);
      await expect(page.getByText(/Platform operator/).first()).toBeVisible();
      await expect(page.getByText(REASON)).toHaveCount(0);
      await expect(page.getByText(/Olga|olga@/)).toHaveCount(0);
    }
  });
});

test.describe("who may only look", () => {
  test.use({ as: READER });

  test("sees the action, why it is not theirs, and nothing of a pause", async ({ page, product, caller }) => {
    const { id } = await firstTenant(product);
    await caller.pause(RUNBOOK, REASON);
    await page.goto(`/admin/tenants/${id}/findings`);
    const backfill = page.getByRole("button", { name: BACKFILL });
    await expect(backfill).toBeDisabled();
    await expect(backfill).toHaveAccessibleDescription(/findings.backfill/);
    await expect(page.getByText(/Paused|4711/)).toHaveCount(0);
    await expectAccessible(page);
    await page.goto(`/admin/tenants/${id}/operations`);
    await expect(page.getByText("No operations yet")).toBeVisible();
  });
});

test.describe("an owner on a phone", () => {
  test.use({ as: OWNER });

  test("starts the backfill and follows it", async ({ page, product }) => {
    const { id, name } = await firstTenant(product);
    await page.setViewportSize({ width: 360, height: 780 });
    await page.goto(`/admin/tenants/${id}/findings?dialog=backfill`);
    const dialog = page.getByRole("dialog", { name: "Backfill findings lifecycle" });
    await expect(dialog.getByRole("table", { name: "By change" })).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await dialog.getByRole("button", { name: `Start backfill of ${name}` }).click();
    await page.getByRole("link", { name: /^Open operation \d+$/ }).click();
    await expect(page.getByText(/^Ended /)).toBeVisible({ timeout: 30_000 });
    for (const path of ["operations", "findings/import", "dashboard"]) {
      await page.goto(`/admin/tenants/${id}/${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    }
  });
});

async function firstTenant(product: Product): Promise<{ id: number; name: string }> {
  const [tenant] = await product.tenants();
  if (!tenant) throw new Error("the template has tenants");
  return tenant;
}
