import { expect, signIn, test } from "./support/test.ts";

test("filters survive a reload, can be shared by address, and are cleared at once", async ({
  page,
  product,
  caller,
  browser,
}) => {
  const run = await caller.completedRun();
  await page.goto("/system/ops/runs");
  const row = page.getByRole("row", { name: new RegExp(`Run ${run}\\b`) });
  await expect(row).toBeVisible();

  await page.getByRole("combobox", { name: "Outcome" }).click();
  await page.getByRole("option", { name: "Failed", exact: true }).click();
  await expect(page.getByText("No run matches the filters")).toBeVisible();
  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Completed" }).click();
  await page.getByRole("combobox", { name: "Outcome" }).click();
  await page.getByRole("option", { name: "Succeeded", exact: true }).click();
  await page.getByRole("combobox", { name: "Initiator" }).click();
  await page.getByRole("option", { name: "Me" }).click();
  await page.getByRole("button", { name: /^Created/ }).click();
  await page.getByRole("button", { name: "Last 24 hours" }).click();
  await expect(row).toBeVisible();
  await expect(page).toHaveURL(/outcome=succeeded&status=completed&initiator=operator%3A\d+&created_after=/);

  const address = page.url();
  await page.reload();
  await expect(row).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Outcome" })).toHaveValue("Succeeded");
  await expect(page.getByRole("combobox", { name: "Initiator" })).toHaveValue("Me");
  await expect(page.getByRole("button", { name: /^Created Since/ })).toBeVisible();

  const context = await browser.newContext({ baseURL: product.url });
  const other = await context.newPage();
  await signIn(other, product);
  await other.goto(address);
  await expect(other.getByRole("row", { name: new RegExp(`Run ${run}\\b`) })).toBeVisible();
  await expect(other.getByRole("combobox", { name: "Status" })).toHaveValue("Completed");
  await context.close();

  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/ops\/runs$/);
  await expect(page.getByRole("combobox", { name: "Outcome" })).toHaveValue("");
});

test("an address with a filter that nobody understands opens without it", async ({ page, caller }) => {
  const run = await caller.completedRun();
  await page.goto("/system/ops/runs?initiator=nobody&outcome=succeeded");
  await expect(page.getByRole("row", { name: new RegExp(`Run ${run}\\b`) })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Initiator" })).toHaveValue("");
  await expect(page.getByRole("combobox", { name: "Outcome" })).toHaveValue("Succeeded");
});

test("a time that is being typed narrows the list once it is whole", async ({ page, caller }) => {
  const run = await caller.completedRun();
  await page.goto("/system/ops/runs?created_after=2026-01-02T03:04:00.000Z");
  await page.getByRole("button", { name: /^Created/ }).click();
  const after = page.getByLabel("Created after");
  await after.fill("2020-01-02T03:04");
  await expect(page).toHaveURL(/created_after=2026-/);
  await after.press("Enter");
  await expect(page).toHaveURL(/created_after=20(19|20)-/);
  await expect(page.getByRole("row", { name: new RegExp(`Run ${run}\\b`) })).toBeVisible();
});

test("older runs are a page further, and the way back is the browser's", async ({ page, product, caller }) => {
  const run = await caller.completedRun();
  await product.query(`INSERT INTO operation_runs (workspace_id, initiator_type, initiator_name, type, status, outcome,
      run_identity_hash, summary_counts, failure_summary, context, created_at, started_at, completed_at)
    SELECT workspace_id, 'system', 'TenantAtlas', type, status, outcome, run_identity_hash, summary_counts,
      failure_summary, context, now(), started_at, completed_at FROM operation_runs, generate_series(1, 60)`);
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("row")).toHaveCount(51);
  await expect(page.getByRole("link", { name: `Run ${run}`, exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: "Older" }).click();
  await expect(page.getByRole("link", { name: `Run ${run}`, exact: true })).toBeVisible();
  await expect(page).toHaveURL(/cursor=/);
  await expect(page.getByRole("switch", { name: "Live on the newest page only" })).toBeDisabled();

  await page.goBack();
  await expect(page.getByRole("link", { name: `Run ${run}`, exact: true })).toHaveCount(0);
  await expect(page.getByRole("row")).toHaveCount(51);
});
