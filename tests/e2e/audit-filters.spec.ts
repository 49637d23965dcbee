import { expect, expectAccessible, test } from "./support/test.ts";

test("filters of the audit log survive a reload and being shared", async ({ page, caller, context }) => {
  await caller.pause("restore.execute", "Incident 4711");
  await page.goto("/system/audit");
  const events = page.getByRole("list", { name: "Events, newest first" }).getByRole("listitem");
  await expect(events.filter({ hasText: "Paused Restore execution globally." })).toHaveCount(1);
  await expectAccessible(page);

  await page.getByRole("combobox", { name: "Action" }).fill("Control paused");
  await page.getByRole("option", { name: "Control paused" }).click();
  await expect(page).toHaveURL(/action=operational_control\.paused/);
  await expect(events).toHaveCount(1);
  await page.getByRole("combobox", { name: "Time" }).click();
  await page.getByRole("option", { name: "Last hour" }).click();
  await expect(page).toHaveURL(/within=1h/);
  await events.getByRole("link", { name: "olga@e2e.example" }).click();
  await expect(page).toHaveURL(/actor_type=operator&actor_id=\d+/);
  await events.getByRole("button", { name: /^Details/ }).click();
  await expect(events).toContainText("Control key");
  await expectAccessible(page);

  await page.reload();
  await expect(events).toHaveCount(1);
  await expect(page.getByRole("combobox", { name: "Action" })).toHaveValue("Control paused");
  await expect(page.getByRole("combobox", { name: "Time" })).toHaveValue("Last hour");
  await expect(page.getByRole("combobox", { name: "Actor" })).toHaveValue("olga@e2e.example (operator)");
  await expect(events).toContainText("Control key");

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("list", { name: "Events, newest first" })).toContainText("Incident 4711");
  await other.close();

  await events.getByRole("link", { name: "Restore execution" }).click();
  await expect(page.getByRole("dialog", { name: "History of restore execution" })).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/system\/audit$/);
});

test("a filter that nothing matches says so", async ({ page }) => {
  await page.goto("/system/audit");
  const run = page.getByRole("textbox", { name: "Run" });
  await run.fill("424242");
  await run.press("Enter");
  await expect(page).toHaveURL(/run_id=424242$/);
  await expect(run).toBeFocused();
  await expect(page.getByText("No event matches")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Show all events" }).click();
  await expect(run).toHaveValue("");
  await expect(page.getByRole("list", { name: "Events, newest first" })).toBeVisible();
});

test("the filters stay where the list could not be read", async ({ page, noise }) => {
  noise.allow(/4(00|22)/);
  await page.goto("/system/audit?cursor=nonsense");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("combobox", { name: "Time" }).click();
  await page.getByRole("option", { name: "Last hour" }).click();
  await expect(page.getByRole("list", { name: "Events, newest first" })).toBeVisible();
});
