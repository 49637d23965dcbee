import { expect, expectAccessible, RUNBOOK, test, VIEWER } from "./support/test.ts";

test("a window in the short address stays", async ({ page }) => {
  await page.goto("/system?window=7d");
  await expect(page).toHaveURL(/\/system\/dashboard\?window=7d$/);
  await expect(page.getByRole("radio", { name: "7 d" })).toBeChecked();
});

test("the dashboard is the first page, and its window is in the address", async ({ page, caller }) => {
  await page.goto("/system");
  await expect(page).toHaveURL(/\/system\/dashboard$/);
  await expect(page.getByRole("region", { name: "Health" })).toContainText("All clear");
  await expect(page.getByRole("region", { name: "Paused controls" })).toContainText("No control is paused.");
  await expect(page.getByRole("region", { name: "Recent failures" })).toContainText(
    "No run failed in the last 24 hours.",
  );
  await expectAccessible(page);

  await page.getByText("7 d", { exact: true }).click();
  await expect(page).toHaveURL(/window=7d/);
  await expect(page.getByRole("region", { name: "Recent failures" })).toContainText(
    "No run failed in the last 7 days.",
  );
  await caller.pause(RUNBOOK, "Incident 4711");
  await page.reload();
  await expect(page.getByRole("radio", { name: "7 d" })).toBeChecked();
  await expect(page.getByRole("region", { name: "Paused controls" })).toContainText("Paused globally");
  await page.getByRole("link", { name: "Findings lifecycle backfill" }).click();
  await expect(page.getByRole("dialog", { name: "History of findings lifecycle backfill" })).toContainText(
    "Incident 4711",
  );
});

test("failures are shown with the ways to their runs", async ({ page, product }) => {
  await product.query(`
    WITH run AS (
      INSERT INTO operation_runs (workspace_id, initiator_type, initiator_name, type, status, outcome,
                                  run_identity_hash, failure_summary, summary_counts, started_at, completed_at)
      SELECT id, 'cli', 'root', 'findings.lifecycle.backfill', 'completed', 'failed', repeat('ab', 32),
             '[{"code": "statement_timeout", "message": "A batch took longer than allowed.", "count": 6}]',
             '{"total": 0, "processed": 0, "updated": 0, "skipped": 0, "failed": 6, "tenants": 6}', now(), now()
      FROM workspaces WHERE slug = 'default' RETURNING id)
    INSERT INTO run_targets (run_id, workspace_id, tenant_id, state, failure_code, failure_message, completed_at)
    SELECT run.id, t.workspace_id, t.id, 'failed', 'statement_timeout', 'A batch took longer than allowed.', now()
    FROM run, tenants t WHERE t.external_id <> 'platform'`);
  await page.goto("/system/dashboard?window=1h");
  await expect(page.getByRole("region", { name: "Health" })).toContainText("1 run");
  const failures = page.getByRole("table", { name: "Recent failures" });
  await expect(failures).toContainText("statement_timeout");
  await expect(page.getByRole("table", { name: "Top offenders" }).getByRole("row")).toHaveCount(7);
  await expectAccessible(page);
  await expect(
    page.getByRole("region", { name: "Runs" }).getByRole("link", { name: "1", exact: true }).first(),
  ).toHaveAttribute(
    "href",
    /outcome=failed(,|%2C)blocked(,|%2C)partially_succeeded.*acknowledged=false.*completed_after=/,
  );
  await failures.getByRole("link", { name: /^Run \d+/ }).click();
  await expect(page).toHaveURL(/\/ops\/runs\/\d+/);
});

test.describe("an operator without the capability", () => {
  test.use({ as: VIEWER });

  test("is told so, with the ways to other pages", async ({ page, noise }) => {
    noise.allow(/403/);
    await page.goto("/system/dashboard");
    await expect(page.getByRole("alert")).toContainText("You may not see this");
    await expectAccessible(page);
    await page.getByRole("navigation", { name: "Other pages" }).getByRole("link", { name: "Runs" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  });
});
