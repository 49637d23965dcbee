import { expect, expectAccessible, test } from "./support/test.ts";

test("keys lead from page to page, are listed, and can be turned off", async ({ page, noise }) => {
  noise.allow(/404/);
  await page.goto("/system/ops/runbooks");
  await expect(page.getByRole("heading", { level: 1, name: "Runbooks" })).toBeVisible();

  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/\/system\/ops\/controls$/);
  await expect(page.getByRole("heading", { level: 1, name: "Controls" })).toBeVisible();

  await page.keyboard.press("/");
  const search = page.getByRole("combobox", { name: "Search pages, or a run by its number" });
  await expect(search).toBeFocused();
  await search.fill("#12");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/system\/ops\/runs\/12$/);
  await expect(page.getByText("Not found").first()).toBeVisible();

  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toBeVisible();
  await expectAccessible(page);
  await list.getByRole("switch", { name: "Use these keys" }).click();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();

  await page.keyboard.press("?");
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/\/system\/ops\/runs\/12$/);
  await expect(list).toBeHidden();
});
