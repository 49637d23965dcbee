import { expect, type Product, test } from "./support/test.ts";

test("a running run is cancelled, with what is left undone", async ({ page, product, caller }) => {
  await product.seed(4, 3_000);
  await product.slowDown(4);
  const run = await caller.startRun();
  await page.goto(`/system/ops/runs/${run}`);

  await page.getByRole("button", { name: "Cancel…" }).click();
  const dialog = page.getByRole("dialog", { name: `Cancel run ${run}` });
  await expect(dialog).toContainText("A cancelled run cannot go on");
  await dialog.getByRole("button", { name: "Back" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Cancel…" })).toBeFocused();

  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: `Cancel run ${run}` }).click();
  await expect(page.getByText("Cancel asked for")).toBeVisible();
  await product.slowDown(0);
  await expect(page.getByText(/^Ended /)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: /^Cancelled [1-9]/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Retry failed…" })).toBeDisabled();
  await expect(page.getByText("No target of the run failed.")).toBeVisible();
});

test("targets that failed are explained, and retried in a new run", async ({ page, product, caller }) => {
  test.setTimeout(120_000);
  const tenant = await refuseOneTenant(product);
  const failed = await caller.completedRun();
  await product.query("DROP TRIGGER e2e_refuse ON findings");
  await page.goto(`/system/ops/runs/${failed}`);

  const table = page.getByRole("table", { name: "Failed targets" });
  await expect(table.getByRole("link", { name: tenant })).toBeVisible();
  await table.getByRole("link", { name: "constraint_violated" }).click();
  await expect(page.getByText(/A row cannot be repaired/)).toBeVisible();
  await expect(page.getByText("What to do:")).toBeVisible();
  await expect(page).toHaveURL(/tab=failures/);

  await page.getByRole("button", { name: "Retry failed…" }).click();
  const dialog = page.getByRole("dialog", { name: `Retry the failed targets of run ${failed}` });
  await dialog.getByRole("combobox", { name: "Reason code" }).click();
  await page.getByRole("option", { name: "Data repair" }).click();
  await dialog.getByRole("textbox", { name: "Reason", exact: true }).fill("The row was corrected");
  await dialog.getByRole("button", { name: "Retry 1 tenant" }).click();

  await expect(page.getByRole("heading", { level: 1 })).not.toContainText(`Run ${failed}`);
  await expect(page.getByRole("link", { name: `Retry of run ${failed}` })).toBeVisible();
  await expect(page.getByText(/^Ended /)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("100 %").first()).toBeVisible();
});

test("a retry without a reason is refused beside the field, and what was typed stays", async ({
  page,
  product,
  caller,
  noise,
}) => {
  test.setTimeout(120_000);
  noise.allow(/422/);
  await refuseOneTenant(product);
  const failed = await caller.completedRun();
  await page.goto(`/system/ops/runs/${failed}?dialog=retry_failed`);
  const dialog = page.getByRole("dialog", { name: `Retry the failed targets of run ${failed}` });
  const reason = dialog.getByRole("textbox", { name: "Reason", exact: true });

  await dialog.getByRole("combobox", { name: "Reason code" }).click();
  await page.getByRole("option", { name: "Incident" }).click();
  await reason.fill("no");
  await dialog.getByRole("button", { name: "Retry 1 tenant" }).click();
  await expect(dialog.getByText(/5 to 500 characters are expected/)).toBeVisible();
  await expect(reason).toHaveValue("no");
});

/** Lets the database refuse every change of one tenant's findings; gives the tenant's name. */
async function refuseOneTenant(product: Product): Promise<string> {
  const [tenant] = await product.query<{ id: string; name: string }>(
    `SELECT t.id, t.name FROM tenants t WHERE t.id = (SELECT tenant_id FROM findings GROUP BY 1 ORDER BY count(*), 1 LIMIT 1)`,
  );
  await product.query(`CREATE OR REPLACE FUNCTION e2e_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END $$`);
  await product.query(`CREATE TRIGGER e2e_refuse BEFORE UPDATE OR DELETE ON findings FOR EACH ROW
    WHEN (OLD.tenant_id = ${Number(tenant?.id)}) EXECUTE FUNCTION e2e_refuse()`);
  return tenant?.name ?? "";
}
