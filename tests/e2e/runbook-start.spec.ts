import { confirmAll, openStart, RUNBOOKS, runPreflight } from "./support/runbooks.ts";
import { expect, expectAccessible, RUNBOOK, test } from "./support/test.ts";

test("from the preflight over the start to the run that is done", async ({ page, caller }) => {
  await page.goto(RUNBOOKS);
  await expect(page.getByRole("button", { name: "Start run…" })).toBeDisabled();
  await expect(page.getByText("Run a preflight first")).toBeVisible();

  await runPreflight(page);
  await expect(page.getByText(/^\d+ of \d+ findings in \d of 6 tenants change$/)).toBeVisible();
  await expect(page.getByRole("table", { name: /^Finding \d+/ }).first()).toBeVisible();

  const dialog = await openStart(page);
  await expect(dialog.getByText("What cannot be undone")).toBeVisible();
  await confirmAll(dialog);
  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();

  await expect(dialog).toBeHidden();
  await page.getByRole("link", { name: /^Open run \d+$/ }).click();
  await expect(page).toHaveURL(/\/system\/ops\/runs\/\d+$/);
  const id = new URL(page.url()).pathname.split("/").pop();
  await expect.poll(async () => (await caller.get(`/ops/runs/${id}`)).outcome).toBe("succeeded");

  await page.getByRole("link", { name: "Runbooks" }).click();
  await expect(page.getByRole("link", { name: `Run ${id}`, exact: true })).toBeVisible();
  await expect(page.getByText("Succeeded", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Run preflight" }).click();
  await expect(page.getByText("Nothing to do")).toBeVisible();
  await expect(page.getByRole("button", { name: "Start run…" })).toHaveCount(0);
  expect((await caller.get(`/ops/runs/${id}`)).context.runbook).toMatchObject({ key: RUNBOOK, source: "system_ui" });
});

test("a start that meets an active run leads to that run", async ({ page, product, caller }) => {
  await page.goto(RUNBOOKS);
  await runPreflight(page);
  const dialog = await openStart(page);
  await confirmAll(dialog);
  await product.slowDown(50);
  const id = await caller.startRun();

  await dialog.getByRole("button", { name: "Start run over 6 tenants" }).click();

  await expect(page.getByRole("alert").filter({ hasText: `Run ${id} is active already` })).toBeVisible();
  await page.getByRole("link", { name: `Open run ${id}` }).click();
  await expect(page).toHaveURL(new RegExp(`/system/ops/runs/${id}$`));
  await product.slowDown(0);
});
