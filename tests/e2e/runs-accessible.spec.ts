import { type Caller, expect, expectAccessible, type Product, test } from "./support/test.ts";

// Each look with axe takes seconds where the machine is busy.
test.setTimeout(120_000);

test("the list of runs is accessible, with its filter of times open", async ({ page, product, caller }) => {
  await failedRun(product, caller);
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("row")).toHaveCount(3);
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Created/ }).click();
  await expect(page.getByRole("dialog", { name: "Created" })).toBeVisible();
  await expectAccessible(page);
});

test("a run with failures is accessible in all its parts", async ({ page, product, caller }) => {
  const run = await failedRun(product, caller);
  for (const tab of ["", "?tab=failures", "?tab=context", "?tab=audit"]) {
    await page.goto(`/system/ops/runs/${run}${tab}`);
    await expect(page.getByRole("tabpanel")).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expectAccessible(page);
  }
});

test("dialogs of a run are accessible", async ({ page, product, caller }) => {
  const run = await failedRun(product, caller);
  for (const dialog of ["pause", "cancel", "retry_failed"]) {
    await page.goto(`/system/ops/runs/${run}?dialog=${dialog}`);
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
  }
});

test("runs are accessible and fit on a phone", async ({ page, product, caller }) => {
  const run = await failedRun(product, caller);
  await page.setViewportSize({ width: 360, height: 780 });
  for (const path of ["/system/ops/runs?filters=open", `/system/ops/runs/${run}`]) {
    await page.goto(path);
    await expect(page.getByRole("list", { name: /^Runs|targets/ }).first()).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }
});

/** A run like one that ended, of which one target failed. */
async function failedRun(product: Product, caller: Caller): Promise<number> {
  const run = await caller.completedRun();
  const failure = { code: "residue_left", message: "Rows still need the repair after three passes." };
  const [copy] = await product.query<{ id: string }>(
    `INSERT INTO operation_runs (workspace_id, initiator_type, initiator_name, type, status, outcome, run_identity_hash,
       summary_counts, failure_summary, context, created_at, started_at, completed_at)
     SELECT workspace_id, 'system', 'TenantAtlas', type, status, 'partially_succeeded', run_identity_hash,
       jsonb_set(summary_counts, '{failed}', '1'), $2::jsonb, context, created_at, started_at, completed_at
     FROM operation_runs WHERE id = $1 RETURNING id`,
    [run, JSON.stringify([{ ...failure, count: 1 }])],
  );
  await product.query(
    `INSERT INTO run_targets (run_id, workspace_id, tenant_id, state, attempt, phase, scope_max_id, total, scanned, updated,
       skipped, failure_code, failure_message, started_at, completed_at)
     SELECT $2, workspace_id, tenant_id, CASE WHEN first THEN 'failed' ELSE state END, attempt, phase, scope_max_id, total,
       scanned, updated, skipped, CASE WHEN first THEN $3 END, CASE WHEN first THEN $4 END, started_at, completed_at
     FROM (SELECT *, row_number() OVER (ORDER BY id) = 1 AS first FROM run_targets WHERE run_id = $1) target`,
    [run, copy?.id, failure.code, failure.message],
  );
  return Number(copy?.id);
}
