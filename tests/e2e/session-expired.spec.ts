import { expect, expectAccessible, OPERATOR, test } from "./support/test.ts";

test("a session that ends is renewed over the page, which stays as it was", async ({ page, product, noise }) => {
  noise.allow(/401/);
  await page.goto("/system/audit?action=platform.auth.sign_in");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await product.query("UPDATE sessions SET revoked_at = now()");

  // As a script does: the bell may have noticed already, and the dialog be over the button.
  await page.getByRole("button", { name: "Refresh" }).dispatchEvent("click");
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toBeVisible({ timeout: 15_000 });
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();

  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/audit\?action=platform\.auth\.sign_in$/);
});

test("what is typed in a dialog outlives the session", async ({ page, product, noise }) => {
  noise.allow(/401/);
  await page.goto("/system/ops/controls?control=restore.execute&dialog=pause");
  const pause = page.getByRole("dialog", { name: "Pause restore execution" });
  const reason = pause.getByRole("textbox", { name: "Reason" });
  await reason.fill("Incident 4711");
  await product.query("UPDATE sessions SET revoked_at = db_now()");

  // The page asks for the controls every few seconds by itself.
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(again).toBeVisible({ timeout: 15_000 });
  await again.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(again).toBeHidden();

  await expect(reason).toHaveValue("Incident 4711");
  await pause.getByRole("button", { name: "Show what it affects" }).click();
  await expect(pause).toContainText("will be stopped");
  await expect(pause).toContainText("Incident 4711");
});
