import { openStart, RUNBOOKS, runPreflight } from "./support/runbooks.ts";
import { expect, expectAccessible, test } from "./support/test.ts";

test("choosing one tenant shows the search at once, and the address keeps what was chosen", async ({
  page,
  caller,
}) => {
  const { items } = await caller.get("/tenants?limit=200");
  const { id, name } = items[3];
  await page.goto(RUNBOOKS);
  await page.getByRole("radio", { name: "Single tenant" }).click();

  const search = page.getByRole("combobox", { name: "Tenant" });
  await expect(search).toBeFocused();
  await expect(page.getByRole("button", { name: "Run preflight" })).toBeDisabled();
  await page.keyboard.type(name);
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
  await expect(search).toHaveValue(new RegExp(`^${name}`));
  await expect(page).toHaveURL(new RegExp(`scope=single_tenant&tenant_id=${id}$`));

  await page.reload();
  await expect(page.getByRole("radio", { name: "Single tenant" })).toBeChecked();
  await runPreflight(page);
  await expectAccessible(page);
  const dialog = await openStart(page);
  await expect(dialog.getByLabel("Type BACKFILL to confirm")).toHaveCount(0);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: `Start run over ${name}` }).click();
  await expect(page.getByRole("link", { name: /^Open run \d+$/ })).toBeVisible();
});

test("a tenant that may not be targeted is refused at its field", async ({ page, noise }) => {
  noise.allow(/422/);
  await page.goto(`${RUNBOOKS}?scope=single_tenant&tenant_id=987654`);
  await page.getByRole("button", { name: "Run preflight" }).click();

  await expect(page.getByRole("combobox", { name: "Tenant" })).toHaveAccessibleDescription(/is expected/);
  await expectAccessible(page);
});
