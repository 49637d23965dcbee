import { expect, expectAccessible, test } from "./support/test.ts";

test("the list and a run with failures are accessible, dialogs included", async ({ page, product, caller }) => {
  test.setTimeout(120_000);
  const run = await caller.completedRun();
  const failed = await failedCopy();
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("row")).toHaveCount(3);
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Created/ }).click();
  await expect(page.getByRole("dialog", { name: "Created" })).toBeVisible();
  await expectAccessible(page);

  for (const tab of ["", "?tab=failures", "?tab=context", "?tab=audit", "?state=failed"]) {
    await page.goto(`/system/ops/runs/${failed}${tab}`);
    await expect(page.getByRole("tabpanel")).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expectAccessible(page);
  }
  for (const dialog of ["pause", "cancel", "resume", "retry_failed"]) {
    await page.goto(`/system/ops/runs/${failed}?dialog=${dialog}`);
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  for (const path of ["/system/ops/runs?filters=open", `/system/ops/runs/${failed}`]) {
    await page.goto(path);
    await expect(page.getByRole("list", { name: /^Runs|targets/ }).first()).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }

  /** A run like the one that ended, of which one target failed. */
  async function failedCopy(): Promise<number> {
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
});
