import { confirmAll, openStart, RUNBOOKS, runPreflight } from "./support/runbooks.ts";
import { expect, expectAccessible, test } from "./support/test.ts";

test("figures that no longer hold are replaced in the dialog and confirmed again", async ({ page, product, noise }) => {
  noise.allow(/409/);
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  const dialog = await openStart(page);
  await confirmAll(dialog);
  await product.seed(2, 400);

  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();

  await expect(dialog.getByRole("alert")).toContainText("Nothing was started");
  const differences = dialog.getByRole("table", { name: "What is different" });
  await expect(differences.getByRole("row", { name: /^Findings looked at/ })).toContainText("1,000");
  await expect(dialog.getByLabel("Type BACKFILL to confirm")).toHaveValue("");
  await expect(dialog.getByRole("textbox", { name: "Reason", exact: true })).toHaveValue("Rows of an older version");
  await expectAccessible(page);

  await dialog.getByLabel("Type BACKFILL to confirm").fill("BACKFILL");
  await dialog.getByRole("button", { name: "Start run over 8 tenants" }).click();
  await expect(page.getByRole("link", { name: /^Open run \d+$/ })).toBeVisible();
});

test("a preflight that has expired says so and is run again", async ({ page }) => {
  await page.clock.install();
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  await expect(page.getByText(/holds for 1[45] m/)).toBeVisible();

  await page.clock.fastForward("15:01");

  await expect(page.getByText("This preflight has expired")).toBeVisible();
  await expect(page.getByRole("button", { name: "Count again" })).toBeEnabled();
  // This browser's clock is wrong: whether the preflight still holds is the API's to say.
  await expect(page.getByRole("button", { name: "Start run…" })).toBeEnabled();
});

test("what somebody else repaired meanwhile is nothing to do", async ({ page, caller, noise }) => {
  noise.allow(/409/);
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  const dialog = await openStart(page);
  await confirmAll(dialog);
  await caller.completedRun();

  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();

  await expect(dialog.getByRole("alert")).toContainText("Nothing to do");
  await expectAccessible(page);
});
