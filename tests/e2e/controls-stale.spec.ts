import { expect, expectAccessible, test } from "./support/test.ts";

test("what was typed outlives the change of somebody else in between", async ({ page, caller, noise }) => {
  noise.allow(/412/);
  await caller.pause("restore.execute", "Incident 4711");
  await page.goto("/system/ops/controls");
  const card = page.getByRole("region", { name: "Restore execution" });
  await card.getByRole("link", { name: /^Change/ }).click();
  const dialog = page.getByRole("dialog", { name: "Change the pause of restore execution" });
  const reason = dialog.getByRole("textbox", { name: "Reason" });
  await expect(reason).toHaveValue("Incident 4711");
  await expectAccessible(page);
  await reason.fill("Incident 4711, waiting for the vendor");
  await dialog.getByRole("radio", { name: "1 hour" }).check();

  await caller.pause("restore.execute", "Somebody else's words");
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await dialog.getByRole("button", { name: "Change the pause of restore execution" }).click();

  const alert = dialog.getByRole("alert");
  await expect(alert).toContainText("Somebody else changed this control in the meantime");
  await expect(alert).toContainText("Somebody else's words");
  await expect(dialog).toContainText("Incident 4711, waiting for the vendor");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Back", exact: true }).click();
  await expect(reason).toHaveValue("Incident 4711, waiting for the vendor");
  await expect(dialog.getByRole("radio", { name: "1 hour" })).toBeChecked();
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await dialog.getByRole("button", { name: "Change the pause of restore execution" }).click();

  await expect(dialog).toBeHidden();
  await expect(card).toContainText("Incident 4711, waiting for the vendor");
  await expect(card).not.toContainText("Somebody else's words");
});
