import { confirmAll, openStart, RUNBOOKS, runPreflight } from "./support/runbooks.ts";
import { expect, expectAccessible, test } from "./support/test.ts";

test("the page is accessible before and after a preflight", async ({ page }) => {
  await page.goto(RUNBOOKS);
  await expect(page.getByText("No preflight of this scope yet")).toBeVisible();
  await expectAccessible(page);
  await runPreflight(page);
  await expectAccessible(page);
});

test("the dialog that starts a run is accessible", async ({ page }) => {
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  await confirmAll(await openStart(page));
  await expectAccessible(page);
});

test("a scope with nothing to do and its last run are accessible", async ({ page, caller }) => {
  await caller.completedRun();
  await page.goto(RUNBOOKS);
  await page.getByRole("button", { name: "Run preflight" }).click();
  await expect(page.getByText("Nothing to do")).toBeVisible();
  await expectAccessible(page);
});

test("the page fits a phone, with its way on in reach", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  await page.getByRole("button", { name: /more samples?$/ }).click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.getByRole("table", { name: "By change" }).scrollIntoViewIfNeeded();
  await expect(page.getByRole("button", { name: "Start run…" })).toBeInViewport({ ratio: 1 });
  const dialog = await openStart(page);
  await expect.poll(async () => (await dialog.boundingBox())?.height).toBeGreaterThanOrEqual(780);
});
