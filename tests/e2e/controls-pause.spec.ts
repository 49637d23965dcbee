import { expect, expectAccessible, test } from "./support/test.ts";

test("a control is paused in two steps, resumed in two, and its history tells both", async ({ page }) => {
  await page.goto("/system/ops/controls");
  const card = page.getByRole("region", { name: "Restore execution" });
  await expect(card).toContainText("Enabled");
  await expectAccessible(page);

  await card.getByRole("link", { name: /^Pause/ }).click();
  const dialog = page.getByRole("dialog", { name: "Pause restore execution" });
  await expect(page).toHaveURL(/control=restore\.execute&dialog=pause/);
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Incident 4711");
  await dialog.getByRole("radio", { name: "4 hours" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Show what it affects" }).click();

  await expect(dialog).toContainText(/will be stopped in \d+ workspaces? with 6 tenants/);
  await expect(dialog).toContainText("All workspaces");
  await expect(dialog).toContainText("Incident 4711");
  await expect(dialog).toContainText(/in [34] hours/);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Back", exact: true }).click();
  await expect(dialog.getByRole("textbox", { name: "Reason" })).toHaveValue("Incident 4711");
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await dialog.getByRole("button", { name: "Pause restore execution" }).click();

  await expect(dialog).toBeHidden();
  await expect(card).toContainText("Paused globally");
  await expect(card).toContainText("Incident 4711");
  await expect(card).toContainText("Olga Operator");

  await card.getByRole("link", { name: /^Resume/ }).click();
  const resume = page.getByRole("dialog", { name: "Resume restore execution" });
  await expect(resume).toContainText("will be available again");
  await expectAccessible(page);
  await resume.getByRole("button", { name: "Resume restore execution" }).click();
  await expect(resume).toBeHidden();
  await expect(card).toContainText("Enabled");

  await card.getByRole("link", { name: /^History/ }).click();
  const history = page.getByRole("list", { name: "History, newest first" }).getByRole("listitem");
  await expect(history).toHaveCount(2);
  await expect(history.nth(0)).toContainText("Resumed Restore execution globally.");
  await expect(history.nth(1)).toContainText("Paused Restore execution globally until");
  await expect(history.nth(1)).toContainText("Incident 4711");
  await history
    .nth(1)
    .getByRole("button", { name: /^Details/ })
    .click();
  await expect(history.nth(1)).toContainText("Affected");
  await expectAccessible(page);
});

test("a reason that is too short is said beside its field, and a scheduled pause can be called off", async ({
  page,
  noise,
}) => {
  noise.allow(/422/);
  await page.goto("/system/ops/controls?control=restore.execute&dialog=pause");
  const dialog = page.getByRole("dialog", { name: "Pause restore execution" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("no     ");
  await dialog.getByRole("radio", { name: "At a time" }).check();
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await dialog.getByRole("button", { name: "Pause restore execution" }).click();
  await expect(dialog).toContainText("5 to 500 characters are expected");
  await expectAccessible(page);

  await dialog.getByRole("textbox", { name: "Reason" }).fill("Maintenance");
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await dialog.getByRole("button", { name: "Pause restore execution" }).click();
  const card = page.getByRole("region", { name: "Restore execution" });
  await expect(card).toContainText("Scheduled");
  await expect(card).toContainText("Enabled");

  await card.getByRole("link", { name: /^Call off/ }).click();
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Call off the pause" }).click();
  await expect(card).not.toContainText("Scheduled");
});

test("while the answer is awaited the dialog stays, and whoever left it is not brought back", async ({ page }) => {
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/controls/restore.execute/pause", async (route) => {
    await isReleased;
    await route.continue();
  });
  await page.goto("/system/ops/controls");
  const card = page.getByRole("region", { name: "Restore execution" });
  await card.getByRole("link", { name: /^Pause/ }).click();
  const dialog = page.getByRole("dialog", { name: "Pause restore execution" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Incident 4711");
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await dialog.getByRole("button", { name: "Pause restore execution" }).click();

  await expect(dialog.getByRole("button", { name: "Back", exact: true })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await page.goBack();
  await expect(dialog).toBeHidden();
  await card.getByRole("link", { name: /^History/ }).click();
  const history = page.getByRole("dialog", { name: "History of restore execution" });
  await expect(history).toBeVisible();
  release();

  await expect(page.getByText("Paused: Restore execution")).toBeVisible();
  await expect(history).toBeVisible();
});
