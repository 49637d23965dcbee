import type { Page } from "@playwright/test";
import { type Caller, expect, type Product, test } from "./support/test.ts";

test.setTimeout(120_000);

const grouped = (value: number) => new Intl.NumberFormat("en").format(value);
const share = (fraction: number) => `${fraction >= 1 ? 100 : Math.floor(fraction * 100)} %`;

/** Holds the page of a run, its row in the list and the dashboard against what the API says of it now (WEB-04). */
async function expectAgreement(page: Page, caller: Caller, id: number, state: string): Promise<void> {
  const { progress, summary_counts: counts } = await caller.get(`/ops/runs/${id}`);
  await page.goto(`/system/ops/runs/${id}`);
  const region = page.getByRole("region", { name: "Progress" });
  await expect(region).toContainText(`${grouped(progress.rows_done)} of ${grouped(progress.rows_total)} findings`);
  await expect(region).toContainText(share(progress.fraction));
  await expect(region).toContainText(`${grouped(progress.targets_succeeded)} succeeded`);
  await expect(region).toContainText(`of ${grouped(progress.targets_total)}`);
  await expect(region.getByText(grouped(counts.updated), { exact: true })).toBeVisible();
  if (state !== "Paused") {
    await expect(page.getByRole("table", { name: "All targets" }).getByRole("row")).toHaveCount(
      progress.targets_total + 1,
    );
  }

  await page.goto("/system/ops/runs");
  const row = page.getByRole("row", { name: new RegExp(`Run ${id} `) });
  await expect(row).toContainText(state);
  await expect(row.getByText(grouped(counts.updated), { exact: true })).toBeVisible();
  if (state === "Paused") await expect(row).toContainText(share(progress.fraction));

  const { kpis } = await caller.get("/dashboard?window=1h");
  await page.goto("/system/dashboard?window=1h");
  const figures = page.getByRole("region", { name: "Runs" });
  const figure = (label: string) => figures.locator("div", { has: page.getByText(label, { exact: true }) }).last();
  for (const [label, value] of [
    ["Active", kpis.active],
    ["Started", kpis.started],
    ["Succeeded", kpis.succeeded],
    ["Partially succeeded", kpis.partially_succeeded],
    ["Failed", kpis.failed],
    ["Needs attention", kpis.needs_attention],
  ]) {
    await expect(figure(label).getByRole("link")).toHaveText(grouped(value));
  }
}

test("a paused, a partly failed and a succeeded run show the same figures on every page", async ({
  page,
  product,
  caller,
}) => {
  await product.seed(6, 6_000);
  await product.slowDown(2);
  const id = await caller.startRun();
  await expect.poll(async () => (await caller.get(`/ops/runs/${id}`)).progress.rows_done).toBeGreaterThan(0);
  await caller.post(`/ops/runs/${id}/pause`);
  await expect.poll(() => working(product, id)).toBe(0);
  await expectAgreement(page, caller, id, "Paused");

  await product.query(
    `UPDATE tenants SET deleted_at = now() WHERE id IN
       (SELECT tenant_id FROM run_targets WHERE run_id = $1 AND state = 'queued' AND total = 0 ORDER BY id DESC LIMIT 1)`,
    [id],
  );
  await product.slowDown(0);
  await caller.post(`/ops/runs/${id}/resume`);
  await caller.completed(id);
  await expectAgreement(page, caller, id, "Partially succeeded");
  await page.goto(`/system/ops/runs/${id}`);
  await expect(page.getByText(/not processed in 1 failed tenant/)).toBeVisible();

  await page.goto("/system/dashboard?window=1h");
  await page.getByRole("region", { name: "Health" }).getByRole("link", { name: "Open" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`Run ${id} `) })).toBeVisible();

  await product.query(
    "UPDATE findings SET first_seen_at = NULL WHERE tenant_id = (SELECT min(tenant_id) FROM findings)",
  );
  await expectAgreement(page, caller, await caller.completedRun(), "Succeeded");
});

/** Targets of a run that workers hold. */
async function working(product: Product, id: number): Promise<number> {
  const rows = await product.query<{ count: string }>(
    "SELECT count(*) FROM run_targets WHERE run_id = $1 AND state = 'running'",
    [id],
  );
  return Number(rows[0]?.count);
}
