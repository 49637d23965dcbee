import { expect, expectAccessible, OPERATOR, test, VIEWER } from "./support/test.ts";

test.use({ as: null });

test("signing in leads back to the page that was asked for, signing out leads away from it", async ({ page }) => {
  await page.goto("/system/ops/runs?status=running");
  await expect(page).toHaveURL(/\/system\/sign-in\?return_to=/);
  await expectAccessible(page);

  await page.getByLabel("Email").fill(OPERATOR.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page).toHaveURL(/\/system\/ops\/runs\?status=running$/);
  await page.getByRole("button", { name: `Account of ${OPERATOR.name}` }).click();
  await expect(page.getByText("platform.ops.controls.manage")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a wrong password is refused in words, and after too many the form says how long to wait", async ({
  page,
  noise,
}) => {
  noise.allow(/401|429/);
  await page.goto("/system/sign-in");
  await page.getByLabel("Email").fill(VIEWER.email);
  const alert = page.getByRole("alert");
  const password = page.getByRole("textbox", { name: "Password" });
  const button = page.getByRole("button", { name: "Sign in" });

  await password.fill("not the password");
  await button.click();
  await expect(alert).toContainText("The e-mail address or the password is wrong");
  await expect(password).toHaveValue("");
  await expect(page.getByLabel("Email")).toHaveValue(VIEWER.email);

  await expect(async () => {
    await password.fill("not the password");
    await button.click({ timeout: 1_000 });
    await expect(alert).toContainText("Too many attempts", { timeout: 1_000 });
  }).toPass();
  await expect(alert).toContainText(/Try again in \d/);
  await expect(button).toBeDisabled();
});

test("an address of elsewhere is not returned to", async ({ page }) => {
  await page.goto("/system/sign-in?return_to=//elsewhere.example/");
  await page.getByLabel("Email").fill(OPERATOR.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
  expect(new URL(page.url()).hostname).toBe("127.0.0.1");
});
