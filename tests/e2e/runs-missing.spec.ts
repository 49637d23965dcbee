import { expect, expectAccessible, test } from "./support/test.ts";

test("a run that does not exist is said to be missing, with the way to all runs", async ({ page, noise }) => {
  noise.allow(/404/);
  await page.goto("/system/ops/runs/999999");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Run 999999");
  await expect(page.getByRole("alert")).toContainText("Not found");
  await expectAccessible(page);
  await page.getByRole("link", { name: "All runs" }).click();
  await expect(page.getByText("No runs yet")).toBeVisible();
});

test("what is no number is no run", async ({ page }) => {
  await page.goto("/system/ops/runs/latest");
  await expect(page.getByText("“latest” is not the number of a run.")).toBeVisible();
});
