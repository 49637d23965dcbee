import { expect, expectAccessible, MANAGER, OPERATOR, OWNER, signIn, test } from "./support/test.ts";

test.use({ as: null });

test("a member signs in, comes back to what they asked for, and signs out", async ({ page, product }) => {
  const [tenant] = await product.tenants();
  await page.goto(`/admin/tenants/${tenant?.id}/dashboard`);
  await expect(page).toHaveURL(/\/admin\/sign-in\?return_to=/);
  await expect(page.getByText("TenantAtlas · Tenants")).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page).toHaveURL(new RegExp(`/admin/tenants/${tenant?.id}/dashboard$`));
  await expect(page.getByRole("heading", { level: 1, name: tenant?.name })).toBeVisible();
  await page.getByRole("button", { name: `Account of ${OWNER.name}` }).click();
  await expect(page.getByText(OWNER.email)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/admin\/sign-in/);
});

test("an operator is nobody in the tenant plane", async ({ page, noise }) => {
  noise.allow(/401/);
  await page.goto("/admin/sign-in");
  await page.getByLabel("Email").fill(OPERATOR.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page.getByRole("alert")).toContainText("The e-mail address or the password is wrong");
});

test("both planes are signed in to side by side, and the end of one session leaves the other", async ({
  page,
  product,
  noise,
}) => {
  noise.allow(/401/);
  await signIn(page, product, OPERATOR);
  await signIn(page, product, MANAGER);
  const [tenant] = await product.tenants();
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("banner")).toContainText("Operators");
  await page.goto(`/admin/tenants/${tenant?.id}/dashboard`);
  await expect(page.getByRole("banner")).toContainText("Tenants");
  await expect(page.getByRole("banner")).not.toContainText("Operators");

  await product.query("UPDATE sessions SET revoked_at = db_now() WHERE user_id IS NOT NULL");
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(again).toBeVisible({ timeout: 20_000 });
  await expect(again.getByLabel("Email")).toHaveValue(MANAGER.email);
  await expectAccessible(page);
  await again.getByRole("textbox", { name: "Password" }).fill(MANAGER.password);
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(again).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: tenant?.name })).toBeVisible();

  await page.goto("/system/ops/runs");
  await expect(page.getByRole("button", { name: `Account of ${OPERATOR.name}` })).toBeVisible();
});
