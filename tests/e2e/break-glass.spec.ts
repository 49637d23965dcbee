import type { Page } from "@playwright/test";
import { expect, expectAccessible, type Product, SYSTEM, test, VIEWER } from "./support/test.ts";

test.use({ as: VIEWER });

test("break-glass is opened with a reason, asks for one at each change, and is ended", async ({
  page,
  product,
  noise,
}) => {
  noise.allow(/403/);
  await product.cli("operator", "grant", "--email", VIEWER.email, "--capability", "platform.break_glass.open");
  await page.goto("/system/ops/runs");
  await page.getByRole("button", { name: `Account of ${VIEWER.name}` }).click();
  await page.getByRole("button", { name: "Open break-glass" }).click();
  const dialog = page.getByRole("dialog", { name: "Open break-glass" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Pager 4711: nobody else is awake");
  await dialog.getByRole("textbox", { name: "Minutes" }).fill("15");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Open break-glass" }).click();

  const banner = page.getByRole("status").filter({ hasText: "Break-glass session" });
  await expect(banner).toContainText(/ends by itself in 15 m/);
  await page.goto("/system/ops/controls?control=restore.execute&dialog=pause");
  await expect(banner).toBeVisible();
  const pause = page.getByRole("dialog", { name: "Pause restore execution" });
  await pause.getByRole("textbox", { name: "Reason" }).fill("Incident 4711");
  await pause.getByRole("button", { name: "Show what it affects" }).click();
  await pause.getByRole("button", { name: "Pause restore execution" }).click();
  const why = page.getByRole("dialog", { name: "Break-glass: why?" });
  await expectAccessible(page);
  await why.getByRole("textbox", { name: "Reason" }).fill("no");
  await why.getByRole("button", { name: "Send it", exact: true }).click();
  await expect(why).toContainText("5 to 500 characters are expected.");
  await why.getByRole("textbox", { name: "Reason" }).fill("Stop the damage: überall");
  await why.getByRole("button", { name: "Send it", exact: true }).click();
  await expect(page.getByRole("region", { name: "Restore execution" })).toContainText("Paused globally");

  const [row] = await product.query<{ metadata: Record<string, unknown> }>(
    "SELECT metadata FROM audit_logs WHERE action = 'operational_control.paused'",
  );
  expect(row?.metadata).toMatchObject({ is_break_glass: true, break_glass_reason: "Stop the damage: überall" });
  await expectAccessible(page);
  await banner.getByRole("button", { name: "End break-glass" }).click();
  await expect(banner).toBeHidden();
  await expect(page.getByText("platform.ops.controls.manage")).toBeVisible();
});

/** Opens it, so that the viewer sees the controls. */
async function openBreakGlass(page: Page, product: Product) {
  await product.cli("operator", "grant", "--email", VIEWER.email, "--capability", "platform.break_glass.open");
  const data = { reason: "Pager 4711: nobody else is awake", minutes: 30 };
  expect((await page.request.post(`${product.url}${SYSTEM}/auth/break-glass`, { data })).ok()).toBe(true);
}

async function expectNothingSeen(page: Page) {
  await expect(page.getByText("platform.ops.controls.manage")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("region", { name: "Restore execution" })).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: "Break-glass session" })).toHaveCount(0);
}

test("what was seen under break-glass is gone when its time is over", async ({ page, product, noise }) => {
  noise.allow(/403/);
  await openBreakGlass(page, product);
  await product.query(
    "UPDATE sessions SET break_glass_expires_at = db_now() + interval '5 seconds' WHERE break_glass_expires_at IS NOT NULL",
  );
  await page.goto("/system/ops/controls");
  await expect(page.getByRole("region", { name: "Restore execution" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Break-glass session" })).toContainText("in 1 m");

  await expectNothingSeen(page);
});

test("what was seen under break-glass is gone when it was ended elsewhere", async ({ page, product, noise }) => {
  noise.allow(/403/);
  await page.clock.install();
  await openBreakGlass(page, product);
  await page.goto("/system/ops/controls");
  await expect(page.getByRole("region", { name: "Restore execution" })).toBeVisible();

  expect((await page.request.delete(`${product.url}${SYSTEM}/auth/break-glass`)).ok()).toBe(true);
  // By then the page has looked who is signed in.
  await page.clock.fastForward("01:01");

  await expectNothingSeen(page);
});
