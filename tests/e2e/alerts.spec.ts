import { receive } from "./support/receiver.ts";
import { expect, expectAccessible, RUNBOOK, test } from "./support/test.ts";

test("a destination and a rule are made, a delivery fails with its reason, is retried and arrives", async ({
  page,
  caller,
  noise,
}) => {
  noise.allow(/422/);
  const receiver = await receive(410);
  await page.goto("/system/settings/alerts");
  await expect(page.getByText("Nobody is told of anything yet")).toBeVisible();

  await page.getByRole("navigation", { name: "Alerts" }).getByRole("link", { name: "Destinations" }).click();
  await page.getByRole("link", { name: "New destination…" }).click();
  const making = page.getByRole("dialog", { name: "New destination" });
  await making.getByRole("radio", { name: "Webhook" }).check();
  await making.getByRole("textbox", { name: "Name" }).fill("Pager");
  await making.getByRole("textbox", { name: "Address" }).fill("http://10.0.0.1/");
  await making.getByRole("button", { name: "Generate" }).click();
  await making.getByRole("button", { name: "Make destination" }).click();
  await expect(making).toContainText("private or reserved network");
  await making.getByRole("textbox", { name: "Address" }).fill(receiver.url);
  await making.getByRole("button", { name: "Make destination" }).click();
  const destination = page.getByRole("region", { name: "Pager" });
  await expect(destination).toContainText("Set");
  await expect(destination).toContainText("No rule");

  await page.getByRole("navigation", { name: "Alerts" }).getByRole("link", { name: "Rules" }).click();
  await page.getByRole("link", { name: "New rule…" }).click();
  const ruling = page.getByRole("dialog", { name: "New rule" });
  await ruling.getByRole("textbox", { name: "Name" }).fill("Night shift");
  await ruling.getByRole("button", { name: "Make rule" }).click();
  await expect(ruling.getByText("At least one is expected.").first()).toBeVisible();
  await ruling.getByRole("checkbox", { name: "Control paused" }).check();
  await ruling.getByRole("combobox", { name: "Destinations" }).click();
  await page.getByRole("option", { name: "Pager" }).click();
  await page.keyboard.press("Escape");
  await ruling.getByRole("switch", { name: "Quiet hours" }).click();
  await expect(ruling.getByRole("combobox", { name: "Time zone" })).toHaveValue("Europe/Berlin");
  await ruling.getByRole("switch", { name: "Quiet hours" }).click();
  await ruling.getByRole("button", { name: "Make rule" }).click();
  await expect(page.getByRole("region", { name: "Night shift" })).toContainText("Control paused");

  await caller.pause(RUNBOOK, "Incident 4711");
  await page.getByRole("link", { name: "Deliveries of Night shift" }).click();
  const delivery = page.getByRole("list", { name: "Deliveries, newest first" }).getByRole("listitem").first();
  await expect(delivery).toContainText("Failed");
  await expect(delivery).toContainText("The receiver refuses it; see the status. (status 410)");

  receiver.answer(204);
  await delivery.getByRole("button", { name: /^Retry delivery/ }).click();
  await expect(delivery).toContainText("Sent");
  expect(receiver.deliveries).toHaveLength(2);
  expect(new Set(receiver.deliveries).size).toBe(1);
  await receiver.stop();
});

test("a rule is tried out, disabled, changed and removed", async ({ page, caller }) => {
  const receiver = await receive(200);
  const { id } = await caller.post("/alerts/destinations", {
    name: "Pager",
    kind: "webhook",
    url: receiver.url,
    secret: "0123456789abcdef",
  });
  await caller.post("/alerts/rules", { name: "Night shift", events: ["operations.run.failed"], destination_ids: [id] });
  await page.goto("/system/settings/alerts/rules");
  const rule = page.getByRole("region", { name: "Night shift" });
  await rule.getByRole("button", { name: "Send a test by Night shift" }).click();
  await page.getByRole("link", { name: "See what becomes of it" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Test of the alert rule" })).toContainText("Sent");
  expect(receiver.deliveries).toHaveLength(1);

  await page.goBack();
  await rule.getByRole("switch", { name: "Night shift enabled" }).click();
  await expect(rule.getByRole("switch", { name: "Night shift enabled" })).not.toBeChecked();
  await rule.getByRole("link", { name: "Change Night shift…" }).click();
  const dialog = page.getByRole("dialog", { name: "Change rule" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Day shift");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Remove Day shift…" }).click();
  await page.getByRole("dialog", { name: "Remove Day shift?" }).getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Nobody is told of anything yet")).toBeVisible();
  await receiver.stop();
});

test("the pages of alerts and their forms are accessible", async ({ page, caller }) => {
  test.slow();
  const receiver = await receive(410);
  const { id } = await caller.post("/alerts/destinations", {
    name: "Pager",
    kind: "webhook",
    url: receiver.url,
    secret: "0123456789abcdef",
  });
  await caller.post("/alerts/rules", { name: "Night shift", events: ["operations.run.failed"], destination_ids: [id] });
  await caller.post(`/alerts/destinations/${id}/test`);
  for (const path of ["rules?dialog=new", "destinations?dialog=new"]) {
    await page.goto(`/system/settings/alerts/${path}`);
    await expect(page.getByRole("dialog").getByRole("textbox", { name: "Name" })).toBeVisible();
    await expectAccessible(page);
  }
  await page.goto("/system/settings/alerts/deliveries");
  await expect(page.getByRole("listitem").filter({ hasText: "Failed" })).toBeVisible();
  await expectAccessible(page);
  await receiver.stop();
});
