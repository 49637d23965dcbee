import { expect, expectAccessible, test, VIEWER } from "./support/test.ts";

test.use({ as: VIEWER });

test("pages that an operator may not see say so, and the others work", async ({ page, noise }) => {
  noise.allow(/403/);
  for (const path of [
    "/system/ops/runbooks",
    "/system/ops/controls",
    "/system/audit",
    "/system/settings/alerts/rules",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("alert")).toContainText("You may not see this");
    await expectAccessible(page);
  }
  await page.getByRole("link", { name: "Runs" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
