import { expect, expectAccessible, RUNBOOK, test } from "./support/test.ts";

test("a pause of one workspace leaves its tenants out of a preflight over all", async ({ page, caller, product }) => {
  const [workspace] = await product.query<{ id: string; name: string }>(
    "SELECT w.id, w.name FROM workspaces w JOIN tenants t ON t.workspace_id = w.id WHERE w.slug <> 'default' ORDER BY w.id LIMIT 1",
  );
  if (!workspace) throw new Error("the demo data have a workspace");

  await page.goto(`/system/ops/controls?control=${RUNBOOK}&dialog=pause`);
  const dialog = page.getByRole("dialog", { name: "Pause findings lifecycle backfill" });
  await dialog.getByRole("radio", { name: "Workspace" }).check();
  await dialog.getByRole("combobox", { name: "Workspace" }).fill(workspace.name);
  await page.getByRole("option", { name: workspace.name }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Their own audit is under way");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Show what it affects" }).click();
  await expect(dialog).toContainText(`the workspace ${workspace.name}`);
  await dialog.getByRole("button", { name: "Pause findings lifecycle backfill" }).click();

  const card = page.getByRole("region", { name: "Findings lifecycle backfill" });
  await expect(card).toContainText("Workspace pauses active (1)");
  await expect(card).toContainText(`Workspace ${workspace.name}`);
  const preflight = await caller.post(`/ops/runbooks/${RUNBOOK}/preflight`, { scope: { mode: "all_tenants" } });
  expect(preflight.excluded).toEqual([
    expect.objectContaining({
      name: workspace.name,
      decision: expect.objectContaining({ reason_text: "Their own audit is under way" }),
    }),
  ]);

  await card.getByRole("link", { name: /^Change/ }).click();
  const change = page.getByRole("dialog", { name: "Change the pause of findings lifecycle backfill" });
  await change.getByRole("radio", { name: "Global" }).check();
  await expectAccessible(page);
  await change.getByRole("button", { name: "Show what it affects" }).click();
  await expect(change).toContainText("All workspaces instead of the present one");
  await expect(change).toContainText("It becomes available again nowhere.");
  await expectAccessible(page);
  await change.getByRole("button", { name: "Change the pause of findings lifecycle backfill" }).click();
  await expect(change).toBeHidden();
  await expect(card).toContainText("Paused globally");
  await card.getByRole("link", { name: /^History/ }).click();
  const history = page.getByRole("list", { name: "History, newest first" }).getByRole("listitem");
  await expect(history.first()).toContainText(`from the workspace ${workspace.name} to all workspaces.`);
});
