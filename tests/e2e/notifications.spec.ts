import { expect, expectAccessible, MANAGER, type Product, test } from "./support/test.ts";

// Each look with axe takes seconds where the machine is busy.
test.setTimeout(120_000);

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

test.describe("a manager of a tenant", () => {
  test.use({ as: MANAGER });

  test("is told of the end of what they started there, and led to the operation", async ({ page, product, member }) => {
    const [tenant] = await product.query<{ id: string; name: string }>(
      `SELECT t.id, t.name FROM tenants t JOIN tenant_memberships m ON m.tenant_id = t.id JOIN users u ON u.id = m.user_id
       WHERE u.email = $1 AND m.role = 'manager' ORDER BY t.id LIMIT 1`,
      [MANAGER.email],
    );
    await page.goto(`/admin/tenants/${tenant?.id}/dashboard`);
    const bell = page.getByRole("button", { name: /^Notifications, / });
    await expect(bell).toHaveAccessibleName("Notifications, none unread");

    const run = await member.post(`/tenants/${tenant?.id}/findings/lifecycle-backfill`);
    await expect(bell).toHaveAccessibleName("Notifications, 1 unread", { timeout: 30_000 });
    await bell.click();
    const panel = page.getByRole("dialog", { name: "Notifications" });
    await expect(panel).toBeVisible();
    await expectAccessible(page);
    await panel.getByRole("link", { name: `Rebuild findings lifecycle, ${tenant?.name}` }).click();
    await expect(page).toHaveURL(new RegExp(`/admin/tenants/${tenant?.id}/operations/${run.id}$`));
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`Operation ${run.id}`);
    await expect(bell).toHaveAccessibleName("Notifications, none unread");
  });
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
