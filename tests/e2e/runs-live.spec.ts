import { expect, test } from "./support/test.ts";

test("a run shows how far it is until it ends, without a reload", async ({ page, product, caller }) => {
  await product.seed(4, 3_000);
  await product.slowDown(2);
  const run = await caller.startRun();
  await page.goto(`/system/ops/runs/${run}`);
  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));

  const progress = page.getByRole("progressbar", { name: "Progress of the run" });
  const shown = async () => Number(await progress.getAttribute("aria-valuenow"));
  await expect.poll(shown).toBeGreaterThan(0);
  const first = await shown();
  await expect.poll(shown).toBeGreaterThan(first);
  await expect(page.getByRole("img", { name: /findings a second at the peak/ })).toBeVisible();
  await expect(page.getByText(/Running since/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Running now" })).toBeVisible();

  await product.slowDown(0);
  await expect(page.getByRole("status").filter({ hasText: `Run ${run} has ended. Succeeded.` })).toBeAttached();
  await expect(page.getByText(/^Ended /)).toBeVisible();
  await expect(progress).toHaveAttribute("aria-valuenow", "100");
  await expect(page.getByRole("button", { name: "Cancel…" })).toBeDisabled();
  await expect(page.getByText("The run has ended.").first()).toBeVisible();
  expect(loads).toEqual([]);
});

test("a run whose stream cannot be had is followed by asking, and that is said", async ({
  page,
  product,
  caller,
  noise,
}) => {
  noise.allow(/503|events/);
  await page.route("**/events", (route) => route.fulfill({ status: 503 }));
  await product.slowDown(20);
  const run = await caller.startRun();
  await page.goto(`/system/ops/runs/${run}`);
  await expect(page.getByText("Live updates are interrupted.")).toBeVisible({ timeout: 20_000 });

  await product.slowDown(0);
  await expect(page.getByText(/^Ended /)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Live updates are interrupted.")).toBeHidden();
});
