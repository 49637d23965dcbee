import type { Page } from "@playwright/test";
import { RUNBOOKS } from "./support/runbooks.ts";
import { expect, test } from "./support/test.ts";

/** Goes on with the tab key until the focus is on what is looked for. */
async function tabTo(page: Page, role: string, name: string | RegExp): Promise<void> {
  const target = page.getByRole(role === "link" ? "link" : role === "radio" ? "radio" : "button", { name }).first();
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(target).toBeFocused({ timeout: 50 });
  }).toPass({ intervals: [1], timeout: 20_000 });
}

test("a run is started and found with the keyboard alone", async ({ page, caller }) => {
  await page.goto(RUNBOOKS);
  await expect(page.getByRole("button", { name: "Run preflight" })).toBeEnabled();
  await tabTo(page, "radio", "All tenants");
  await tabTo(page, "button", "Run preflight");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Start run…" })).toBeEnabled();
  await tabTo(page, "button", "Start run…");
  await page.keyboard.press("Enter");

  const dialog = page.getByRole("dialog", { name: "Start rebuild findings lifecycle" });
  await expect(dialog.getByLabel("Type BACKFILL to confirm")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Start run…" })).toBeFocused();
  await page.keyboard.press("Enter");

  await expect(dialog.getByLabel("Type BACKFILL to confirm")).toBeFocused();
  await page.keyboard.type("BACKFILL");
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("combobox", { name: "Reason code" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Started without a mouse");
  await tabTo(page, "button", /^Start run over/);
  await page.keyboard.press("Enter");

  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { name: "Preflight", exact: true })).toBeFocused();
  const link = page.getByRole("link", { name: /^Open run \d+$/ });
  await expect(link).toBeVisible();
  await tabTo(page, "link", /^Open run \d+$/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/system\/ops\/runs\/\d+$/);
  const id = new URL(page.url()).pathname.split("/").pop();
  await expect.poll(async () => (await caller.get(`/ops/runs/${id}`)).outcome).toBe("succeeded");
});
