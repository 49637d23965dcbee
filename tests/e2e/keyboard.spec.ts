import { expect, expectAccessible, test } from "./support/test.ts";

test("the header finds pages, runs and tenants, and says what it does not find", async ({ page, product }) => {
  const [tenant] = await product.tenants();
  if (!tenant) throw new Error("no tenant");
  await page.goto("/system/ops/runbooks");
  await expect(page.getByRole("heading", { level: 1, name: "Runbooks" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "Go to" });
  await expect(box).toBeFocused();
  await box.fill("alert");
  await expect(page.getByRole("option", { name: "Alert rules" })).toBeVisible();
  await box.fill("no such thing");
  await expect(page.getByText("No page or tenant is called “no such thing”.")).toBeVisible();
  await expectAccessible(page);
  await box.fill(tenant.name.slice(0, 6).toLowerCase());
  await page.getByRole("option", { name: `${tenant.name}: runs` }).click();
  await expect(page).toHaveURL(new RegExp(`/ops/runs\\?tenant_id=${tenant.id}$`));
});

test("keys lead from page to page, are listed, and can be turned off", async ({ page, noise }) => {
  noise.allow(/404/);
  await page.goto("/system/ops/runbooks");
  await expect(page.getByRole("heading", { level: 1, name: "Runbooks" })).toBeVisible();

  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/\/system\/ops\/controls$/);
  await expect(page.getByRole("heading", { level: 1, name: "Controls" })).toBeVisible();

  await page.keyboard.press("/");
  const search = page.getByRole("combobox", { name: "Go to" });
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
