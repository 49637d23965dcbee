import { expect, test } from "./support/test.ts";

test("a run is paused with a reason, resumed, and goes on to its end", async ({ page, product, caller }) => {
  await product.seed(4, 3_000);
  await product.slowDown(4);
  const run = await caller.startRun();
  await page.goto(`/system/ops/runs/${run}`);

  await page.getByRole("button", { name: "Pause…" }).click();
  const pause = page.getByRole("dialog", { name: `Pause run ${run}` });
  await expect(pause).toContainText("wait until somebody resumes the run");
  await pause.getByRole("textbox", { name: "Reason (optional)" }).fill("The database is needed elsewhere");
  await pause.getByRole("button", { name: `Pause run ${run}` }).click();
  await expect(pause).toBeHidden();
  await expect(page.getByText("Pause asked for")).toBeVisible();
  await expect(page.getByText(/Nobody works on it until it is resumed/)).toBeVisible();

  await page.getByRole("link", { name: "Who and why" }).click();
  await expect(page.getByRole("tab", { name: "Audit" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("list", { name: /^Audit trail/ }).getByRole("listitem")).not.toHaveCount(0);

  await product.slowDown(0);
  await page.getByRole("button", { name: "Resume…" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: `Resume run ${run}` })
    .click();
  await expect(page.getByText(/^Ended /)).toBeVisible({ timeout: 30_000 });
});

test("a run whose control is paused cannot be resumed, and the page says why", async ({ page, product, caller }) => {
  await product.seed(4, 3_000);
  await product.slowDown(4);
  const run = await caller.startRun();
  await caller.post(`/ops/runs/${run}/pause`);
  await caller.pause("findings.lifecycle.backfill", "Incident 4711");
  await page.goto(`/system/ops/runs/${run}`);

  await expect(page.getByRole("button", { name: "Resume…" })).toBeDisabled();
  await expect(page.getByText(/Incident 4711/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel…" })).toBeEnabled();
});
