import { expect, type Locator, type Page } from "@playwright/test";

/** Address of the page. */
export const RUNBOOKS = "/system/ops/runbooks";

/** Runs the preflight of the scope that is chosen, and waits for its figures. */
export async function runPreflight(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Run preflight/ }).click();
  await expect(page.getByRole("table", { name: "By change" })).toBeVisible();
}

/** Opens the dialog that starts a run. */
export async function openStart(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Start run…" }).click();
  const dialog = page.getByRole("dialog", { name: "Start rebuild findings lifecycle" });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Fills in what a start over all tenants asks for. */
export async function confirmAll(dialog: Locator): Promise<void> {
  await dialog.getByLabel("Type BACKFILL to confirm").fill("BACKFILL");
  await dialog.getByRole("combobox", { name: "Reason code" }).click();
  await dialog.page().getByRole("option", { name: "Data repair" }).click();
  await dialog.getByRole("textbox", { name: "Reason", exact: true }).fill("Rows of an older version");
}
