import { confirmAll, openStart, RUNBOOKS, runPreflight } from "./support/runbooks.ts";
import { expect, expectAccessible, OPERATOR, RUNBOOK, test } from "./support/test.ts";

const REASON = "Incident 4711: imports write twice";

test("a paused runbook stays visible with the reason, and can be looked at but not started", async ({
  page,
  caller,
}) => {
  await caller.pause(RUNBOOK, REASON);
  await page.goto(RUNBOOKS);

  await expect(page.getByText(`Paused globally with no end: ${REASON} (by ${OPERATOR.name})`)).toBeVisible();
  await runPreflight(page);
  const start = page.getByRole("button", { name: "Start run…" });
  await expect(start).toBeDisabled();
  await expect(start).toHaveAccessibleDescription(new RegExp(REASON));
  await expectAccessible(page);
});

test("a pause that lands between preflight and start is told in the dialog, and nothing typed is lost", async ({
  page,
  caller,
  noise,
}) => {
  noise.allow(/409/);
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  const dialog = await openStart(page);
  await confirmAll(dialog);
  await caller.pause(RUNBOOK, REASON);

  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();

  await expect(dialog.getByRole("alert")).toContainText("Findings lifecycle backfill paused");
  await expect(dialog.getByRole("alert")).toContainText(`${REASON} (by ${OPERATOR.name})`);
  await expect(dialog.getByLabel("Type BACKFILL to confirm")).toHaveValue("BACKFILL");
  await expectAccessible(page);
  expect((await caller.get("/ops/runs")).items).toEqual([]);

  await caller.post(`/ops/controls/${RUNBOOK}/resume`, { scope_type: "global" });
  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();
  await expect(page.getByRole("link", { name: /^Open run \d+$/ })).toBeVisible();
});

test("workspaces that are paused are left out, with the reason and how many tenants", async ({
  page,
  caller,
  noise,
}) => {
  noise.allow(/409/);
  const scope = { mode: "all_tenants" };
  const { by_tenant: affected } = await caller.post(`/ops/runbooks/${RUNBOOK}/preflight`, { scope });
  const tenantId = affected[0].tenant_id;
  const { items } = await caller.get("/tenants?limit=200");
  const { id, name } = items.find((tenant: { id: number }) => tenant.id === tenantId).workspace;
  await caller.post(`/ops/controls/${RUNBOOK}/pause`, {
    scope_type: "workspace",
    workspace_id: id,
    reason_text: REASON,
  });
  await page.goto(RUNBOOKS);
  await page.getByRole("button", { name: "Run preflight" }).click();

  const note = page.getByRole("note").filter({ hasText: "left out" });
  await expect(note).toContainText(`Paused for ${name} with no end: ${REASON}`);
  await expectAccessible(page);

  await page.goto(`${RUNBOOKS}?scope=single_tenant&tenant_id=${tenantId}`);
  await page.getByRole("button", { name: "Run preflight" }).click();
  await expect(page.getByText("A start over this tenant was stopped when this was counted")).toBeVisible();
  const dialog = await openStart(page);
  const start = dialog.getByRole("button", { name: /^Start run over/ });
  await start.click();
  await expect(dialog.getByRole("alert")).toContainText(REASON);

  await caller.post(`/ops/controls/${RUNBOOK}/resume`, { scope_type: "workspace", workspace_id: id });
  await start.click();
  await expect(page.getByRole("link", { name: /^Open run \d+$/ })).toBeVisible();
});
