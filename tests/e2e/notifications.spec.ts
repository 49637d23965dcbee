import { expect, expectAccessible, type Product, test } from "./support/test.ts";

test("the bell counts what has ended, says it politely, and leads to the run", async ({ page, caller }) => {
  await page.goto("/system/ops/runbooks");
  const bell = page.getByRole("button", { name: /^Notifications, / });
  await expect(bell).toHaveAccessibleName("Notifications, none unread");

  const run = await caller.completedRun();
  await expect(bell).toHaveAccessibleName("Notifications, 1 unread");
  await expect(page.getByRole("status").filter({ hasText: "New notification." })).toContainText(
    "Rebuild findings lifecycle, all tenants. Succeeded.",
  );

  await bell.click();
  const panel = page.getByRole("dialog", { name: "Notifications" });
  await expect(panel.getByRole("listitem")).toHaveCount(1);
  await expect(panel.getByRole("listitem")).toContainText("0 of 6 tenants failed");
  await expectAccessible(page);
  await panel.getByRole("link", { name: "Rebuild findings lifecycle, all tenants" }).click();
  await expect(page).toHaveURL(new RegExp(`/system/ops/runs/${run}$`));
  await expect(panel).toBeHidden();
  await expect(bell).toHaveAccessibleName("Notifications, none unread");
});

test("what was told is read by keyboard, one by one and all at once, in every page of the reader", async ({
  page,
  product,
  context,
  caller,
}) => {
  await page.goto("/system/ops/runs");
  for (let n = 0; n < 3; n++) {
    await makePending(product);
    await caller.completedRun();
  }
  const bell = page.getByRole("button", { name: /^Notifications, / });
  await expect(bell).toHaveAccessibleName("Notifications, 3 unread");
  await bell.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Notifications" });
  await expect(panel.getByRole("listitem")).toHaveCount(3);

  await panel
    .getByRole("button", { name: /^Mark as read: / })
    .first()
    .press("Enter");
  await expect(panel.getByRole("button", { name: /^Mark as read: / })).toHaveCount(2);
  await expect(bell).toHaveAccessibleName("Notifications, 2 unread");

  await panel.getByRole("button", { name: "Mark all as read" }).press("Enter");
  await expect(bell).toHaveAccessibleName("Notifications, none unread");
  await expect(panel.getByRole("button", { name: "Mark all as read" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(bell).toBeFocused();
  const other = await context.newPage();
  await other.goto("/system/ops/runs");
  await expect(other.getByRole("button", { name: "Notifications, none unread" })).toBeVisible();
});

/** Lets findings need the repair once more, so that there is something to run. */
async function makePending(product: Product): Promise<void> {
  await product.query(
    "UPDATE findings SET first_seen_at = NULL WHERE id IN (SELECT id FROM findings ORDER BY id LIMIT 5)",
  );
}

test("the panel fits on a phone, and says so when there is nothing", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto("/system/ops/runs");
  await page.getByRole("button", { name: /^Notifications, / }).click();
  const panel = page.getByRole("dialog", { name: "Notifications" });
  await expect(panel).toContainText("When a run that you started has ended, it is told here.");
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
