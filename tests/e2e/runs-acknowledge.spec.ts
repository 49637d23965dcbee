import { type Caller, expect, expectAccessible, type Product, test } from "./support/test.ts";

// Each look with axe takes seconds where the machine is busy.
test.setTimeout(120_000);

test("a failure is acknowledged with a note, and the dashboard stops being red", async ({
  page,
  product,
  caller,
  noise,
}) => {
  noise.allow(/422/);
  const run = await failedRun(product, caller);
  await page.goto("/system/dashboard");
  await expect(page.getByRole("region", { name: "Health" })).toContainText("Failing");
  await page.getByRole("region", { name: "Runs" }).getByRole("link", { name: "1", exact: true }).first().click();
  await expect(page).toHaveURL(/acknowledged=false/);
  await expect(page.getByRole("combobox", { name: "Outcome" })).toHaveValue("Failed, also in part");
  await expect(page.getByRole("combobox", { name: "Acknowledged" })).toHaveValue("Failures not acknowledged");
  await expectAccessible(page);
  await page.getByRole("link", { name: `Run ${run}`, exact: true }).click();

  await page.getByRole("button", { name: "Acknowledge…" }).click();
  const dialog = page.getByRole("dialog", { name: `Acknowledge the failure of run ${run}` });
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Note" }).fill("   ");
  await dialog.getByRole("button", { name: `Acknowledge run ${run}` }).click();
  await expect(dialog.getByText("1 to 500 characters are expected.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Note" }).fill("The tenant left us, ticket 4711");
  await dialog.getByRole("button", { name: `Acknowledge run ${run}` }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^Acknowledged by Olga Operator/)).toContainText("ticket 4711");
  await expect(page.getByRole("button", { name: "Acknowledge…" })).toBeDisabled();

  await page.goto("/system/dashboard");
  await expect(page.getByRole("region", { name: "Health" })).not.toContainText("Failing");
  await expect(page.getByRole("table", { name: "Recent failures" })).toContainText("Acknowledged");
  await page.goto("/system/ops/runs?acknowledged=true");
  await expect(page.getByRole("row", { name: new RegExp(`Run ${run}\\b`) })).toContainText("Acknowledged");
});

test("the active runs that the dashboard counts are the list that it leads to", async ({ page, product, caller }) => {
  await caller.completedRun();
  await product.seed(2, 2_000);
  await product.slowDown(5);
  const run = await caller.startRun();
  await page.goto("/system/dashboard");
  await page.getByRole("region", { name: "Runs" }).getByRole("link", { name: "1", exact: true }).first().click();
  await expect(page).toHaveURL(/status=active/);
  await expect(page.getByRole("combobox", { name: "Status" })).toHaveValue("Active");
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("link", { name: `Run ${run}`, exact: true })).toBeVisible();
  await caller.post(`/ops/runs/${run}/cancel`);
  await product.slowDown(0);
});

/** A run like one that ended, of which all targets failed. */
async function failedRun(product: Product, caller: Caller): Promise<number> {
  const run = await caller.completedRun();
  const [copy] = await product.query<{ id: string }>(
    `INSERT INTO operation_runs (workspace_id, initiator_type, initiator_name, type, status, outcome, run_identity_hash,
       summary_counts, failure_summary, context, created_at, started_at, completed_at)
     SELECT workspace_id, 'system', 'TenantAtlas', type, status, 'failed', run_identity_hash,
       jsonb_set(summary_counts, '{failed}', '1'), $2::jsonb, context, created_at, started_at, completed_at
     FROM operation_runs WHERE id = $1 RETURNING id`,
    [run, JSON.stringify([{ code: "residue_left", message: "Rows still need the repair.", count: 1 }])],
  );
  return Number(copy?.id);
}
