import { expect, type Product, test } from "./support/test.ts";

test("new runs announce themselves, and rows stay where they are until they are asked for", async ({
  page,
  product,
  caller,
}) => {
  const first = await caller.completedRun();
  await page.goto("/system/ops/runs");
  const rows = page.getByRole("row");
  await expect(rows).toHaveCount(2);
  const place = await rows.nth(1).boundingBox();

  await addRuns(product, 2);
  const announcement = page.getByRole("button", { name: "2 new runs · Show" });
  await expect(announcement).toBeVisible({ timeout: 15_000 });
  await expect(rows).toHaveCount(2);
  expect(await rows.nth(1).boundingBox()).toEqual(place);
  await expect(rows.nth(1)).toContainText(`Run ${first}`);

  await announcement.click();
  await expect(rows).toHaveCount(4);
  await expect(announcement).toBeHidden();
});

test("values of a run tick in place while it goes on", async ({ page, product, caller }) => {
  await product.seed(4, 3_000);
  await product.slowDown(2);
  const run = await caller.startRun();
  await page.goto("/system/ops/runs");
  const row = page.getByRole("row", { name: new RegExp(`Run ${run}\\b`) });
  await expect(row).toContainText(/Queued|Running/);
  await product.slowDown(0);
  await expect(row).toContainText("Succeeded", { timeout: 30_000 });
});

test("a run that left the list stands still there until somebody drops it", async ({ page, product, caller }) => {
  await product.seed(4, 3_000);
  await product.slowDown(4);
  const run = await caller.startRun();
  await expect
    .poll(async () => (await product.query(`SELECT FROM operation_runs WHERE status = 'running'`)).length)
    .toBe(1);
  await page.clock.install();
  await page.goto("/system/ops/runs?status=running");
  const row = page.getByRole("row", { name: new RegExp(`Run ${run}\\b`) });
  await expect(row).toContainText("Running");

  await product.slowDown(0);
  await expect(row).toContainText("when last seen", { timeout: 30_000 });
  const duration = await row.getByRole("cell").last().textContent();
  await page.clock.fastForward(60_000);
  await expect(row).toContainText(/minutes? ago/);
  expect(await row.getByRole("cell").last().textContent()).toBe(duration);
  await page.getByRole("button", { name: "1 run moved on · Show" }).click();
  await expect(page.getByText("No run matches the filters")).toBeVisible();
});

test("a list that is not live stays as it is, also after a reload", async ({ page, product, caller }) => {
  await caller.completedRun();
  let asked = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/api/v1/system/ops/runs")) asked += 1;
  });
  // What is live asks every five seconds; timers only obey a clock that was there before them.
  await page.clock.install();
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("row")).toHaveCount(2);
  asked = 0;
  await page.clock.fastForward(10_000);
  await expect.poll(() => asked).toBeGreaterThan(0);

  await page.getByRole("switch", { name: "Live" }).click();
  await expect(page).toHaveURL(/live=off/);
  await page.reload();
  await expect(page.getByRole("switch", { name: "Live" })).not.toBeChecked();
  await expect(page.getByRole("row")).toHaveCount(2);
  await addRuns(product, 1);
  asked = 0;
  await page.clock.fastForward(60_000);
  await expect(page.getByRole("row").nth(1)).toContainText("minute");
  expect(asked).toBe(0);
  await expect(page.getByRole("row")).toHaveCount(2);
});

/** Adds runs that have ended, as if somebody had started them meanwhile. */
async function addRuns(product: Product, amount: number): Promise<void> {
  await product.query(
    `INSERT INTO operation_runs (workspace_id, initiator_type, initiator_name, type, status, outcome, run_identity_hash,
       summary_counts, failure_summary, context, created_at, started_at, completed_at)
     SELECT workspace_id, 'system', 'TenantAtlas', type, status, outcome, run_identity_hash, summary_counts,
       failure_summary, context, now(), started_at, completed_at
     FROM (SELECT * FROM operation_runs ORDER BY id LIMIT 1) run, generate_series(1, $1)`,
    [amount],
  );
}
