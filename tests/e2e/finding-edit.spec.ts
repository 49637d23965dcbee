import { expect, expectAccessible, OWNER, type Product, test } from "./support/test.ts";

test.use({ as: OWNER });

test("a finding is closed with a reason, and the reason is asked for at its field", async ({
  page,
  product,
  noise,
}) => {
  noise.allow(/422/);
  const { tenantId, id } = await newFinding(product);
  await page.goto(`/admin/tenants/${tenantId}/findings/${id}`);
  await page.getByRole("button", { name: "Change…" }).click();
  const dialog = page.getByRole("dialog", { name: `Change finding ${id}` });
  await dialog.getByRole("combobox", { name: "Status" }).click();
  await expect(page.getByRole("option")).toHaveText([
    "New",
    "Triaged",
    "In progress",
    "Resolved",
    "Closed",
    "Risk accepted",
  ]);
  await page.getByRole("option", { name: "Closed" }).click();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Close finding" }).click();
  const reason = dialog.getByRole("textbox", { name: "Reason" });
  await expect(reason).toHaveAccessibleDescription(/5 to 500/);
  await expect(reason).toHaveAttribute("aria-invalid", "true");
  await reason.fill("The mailbox was removed");
  await dialog.getByRole("button", { name: "Close finding" }).click();

  await expect(dialog).toBeHidden();
  await expect(page.getByText("Closed: The mailbox was removed")).toBeVisible();
});

test("a person's due date is set and taken away", async ({ page, product }) => {
  const { tenantId, id } = await newFinding(product);
  await page.goto(`/admin/tenants/${tenantId}/findings/${id}?dialog=edit`);
  const dialog = page.getByRole("dialog", { name: `Change finding ${id}` });
  await dialog.getByRole("radio", { name: "At a time" }).check();
  await dialog.getByLabel("Due", { exact: true }).fill("2030-01-31T12:00");
  await dialog.getByRole("button", { name: "Change finding" }).click();
  await expect(page.getByRole("main")).toContainText("set by a person");

  await page.getByRole("button", { name: "Change…" }).click();
  await dialog.getByRole("radio", { name: "None: it is never due" }).check();
  await dialog.getByRole("button", { name: "Change finding" }).click();
  await expect(page.getByRole("main")).toContainText("None, decided by a person");
});

test("what was typed outlives the change of somebody else in between", async ({ page, product, member, noise }) => {
  noise.allow(/412/);
  const { tenantId, id } = await newFinding(product);
  await page.goto(`/admin/tenants/${tenantId}/findings/${id}?dialog=edit`);
  const dialog = page.getByRole("dialog", { name: `Change finding ${id}` });
  await dialog.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Risk accepted" }).click();
  const reason = dialog.getByRole("textbox", { name: "Reason" });
  await reason.fill("Needed by the old scanner until spring");

  await member.patch(`/tenants/${tenantId}/findings/${id}`, { status: "in_progress" });
  await dialog.getByRole("button", { name: "Accept the risk" }).click();

  const alert = dialog.getByRole("alert");
  await expect(alert).toContainText("This finding was changed in the meantime");
  await expect(alert).toContainText("New before, In progress");
  await expect(reason).toHaveValue("Needed by the old scanner until spring");
  await expect(dialog.getByRole("combobox", { name: "Status" })).toHaveValue("Risk accepted");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Accept the risk" }).click();

  await expect(dialog).toBeHidden();
  await expect(page.getByText("Risk accepted: Needed by the old scanner until spring")).toBeVisible();
});

test("a step that was taken by somebody else is told, and another can be chosen", async ({
  page,
  product,
  member,
  noise,
}) => {
  noise.allow(/412/);
  const { tenantId, id } = await newFinding(product);
  await page.goto(`/admin/tenants/${tenantId}/findings/${id}?dialog=edit`);
  const dialog = page.getByRole("dialog", { name: `Change finding ${id}` });
  await dialog.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Triaged" }).click();
  await member.patch(`/tenants/${tenantId}/findings/${id}`, { status: "resolved" });
  await dialog.getByRole("button", { name: "Mark as triaged" }).click();

  await expect(dialog.getByRole("alert")).toContainText("It cannot become Triaged from there");
  await dialog.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Reopened" }).click();
  await dialog.getByRole("button", { name: "Reopen finding" }).click();
  await expect(dialog).toBeHidden();
});

async function newFinding(product: Product): Promise<{ tenantId: number; id: number }> {
  const [tenant] = await product.tenants();
  const [row] = await product.query<{ id: string }>(
    `UPDATE findings SET status = 'new' WHERE id = (SELECT max(id) FROM findings WHERE tenant_id = $1) RETURNING id`,
    [tenant?.id],
  );
  return { tenantId: tenant?.id ?? 0, id: Number(row?.id) };
}
