import { confirmAll, openStart, RUNBOOKS, runPreflight } from "./support/runbooks.ts";
import { expect, expectAccessible, OPERATOR, test } from "./support/test.ts";

test("what the API refuses is said at the fields, which keep what was typed", async ({ page, caller, noise }) => {
  noise.allow(/422/);
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  const dialog = await openStart(page);
  const start = dialog.getByRole("button", { name: "Start run over 6 tenants" });
  const word = dialog.getByLabel("Type BACKFILL to confirm");
  const reason = dialog.getByRole("textbox", { name: "Reason", exact: true });
  const code = dialog.getByRole("combobox", { name: "Reason code" });

  await word.fill("backfill");
  await start.click();
  await expect(word).toHaveAccessibleDescription("The word BACKFILL is expected.");
  await expect(word).toBeFocused();

  await word.fill("BACKFILL");
  await start.click();
  await expect(reason).toHaveAccessibleDescription(/is expected/);
  await expect(code).toHaveAccessibleDescription(/is expected/);

  await reason.fill("<b>");
  await start.click();
  await expect(code).toHaveAccessibleDescription(/reason needs its code/);

  await code.click();
  await page.getByRole("option", { name: "Incident" }).click();
  await start.click();
  await expect(reason).toHaveAccessibleDescription(/5 to 500 characters are expected/);
  await expect(reason).toHaveValue("<b>");
  await expectAccessible(page);
  expect((await caller.get("/ops/runs")).items).toEqual([]);
});

test("a session that ends in the dialog costs nothing that was typed", async ({ page, product, noise }) => {
  noise.allow(/401/);
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  const dialog = await openStart(page);
  await confirmAll(dialog);
  await product.query("UPDATE sessions SET revoked_at = now()");
  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();

  const session = page.getByRole("dialog", { name: "Your session has ended" });
  await session.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
  await session.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(session).toBeHidden();

  await expect(dialog.getByLabel("Type BACKFILL to confirm")).toHaveValue("BACKFILL");
  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();
  await expect(page.getByRole("link", { name: /^Open run \d+$/ })).toBeVisible();
});
