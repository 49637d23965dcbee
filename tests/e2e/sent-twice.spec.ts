import type { Page } from "@playwright/test";
import { receive } from "./support/receiver.ts";
import { expect, SYSTEM, test, VIEWER } from "./support/test.ts";

test.beforeEach(({ noise }) => noise.allow(/ERR_FAILED/));

/** Loses the answer to the first request that makes something there; gives the keys with which they were sent. */
async function loseFirstAnswer(page: Page, path: string): Promise<(string | null)[]> {
  const keys: (string | null)[] = [];
  await page.route(`**${SYSTEM}${path}`, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    keys.push(await route.request().headerValue("Idempotency-Key"));
    if (keys.length > 1) return route.continue();
    await route.fetch();
    await route.abort();
  });
  return keys;
}

/** The same key both times, and one that nobody else has. */
function expectOneKey(keys: (string | null)[]) {
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]]);
}

test("a destination and a rule whose answers were lost are made once", async ({ page, product }) => {
  const receiver = await receive(200);
  const destinationKeys = await loseFirstAnswer(page, "/alerts/destinations");
  await page.goto("/system/settings/alerts/destinations?dialog=new");
  const making = page.getByRole("dialog", { name: "New destination" });
  await making.getByRole("radio", { name: "Webhook" }).check();
  await making.getByRole("textbox", { name: "Name" }).fill("Pager");
  await making.getByRole("textbox", { name: "Address" }).fill(receiver.url);
  await making.getByRole("button", { name: "Generate" }).click();
  await making.getByRole("button", { name: "Make destination" }).click();
  await expect(making).toContainText("No answer arrived.");
  await making.getByRole("button", { name: "Make destination" }).click();
  await expect(page.getByRole("region", { name: "Pager" })).toBeVisible();
  expectOneKey(destinationKeys);

  const ruleKeys = await loseFirstAnswer(page, "/alerts/rules");
  await page.goto("/system/settings/alerts/rules?dialog=new");
  const ruling = page.getByRole("dialog", { name: "New rule" });
  await ruling.getByRole("textbox", { name: "Name" }).fill("Night shift");
  await ruling.getByRole("checkbox", { name: "Control paused" }).check();
  await ruling.getByRole("combobox", { name: "Destinations" }).click();
  await page.getByRole("option", { name: "Pager" }).click();
  await page.keyboard.press("Escape");
  await ruling.getByRole("button", { name: "Make rule" }).click();
  await expect(ruling).toContainText("No answer arrived.");
  await ruling.getByRole("button", { name: "Make rule" }).click();
  const rule = page.getByRole("region", { name: "Night shift" });
  await expect(rule).toBeVisible();
  expectOneKey(ruleKeys);

  const testKeys = await loseFirstAnswer(page, "/alerts/rules/*/test");
  await rule.getByRole("button", { name: "Send a test by Night shift" }).click();
  await expect(page.getByText("Test not sent")).toBeVisible();
  await rule.getByRole("button", { name: "Send a test by Night shift" }).click();
  await expect(page.getByText("Test asked for")).toBeVisible();
  expectOneKey(testKeys);
  expect(await product.query("SELECT 1 FROM alert_deliveries")).toHaveLength(1);
  await receiver.stop();
});

test("a token whose answer was lost is made once, and is said to be lost", async ({ page, product }) => {
  const keys = await loseFirstAnswer(page, "/auth/api-tokens");
  await page.goto("/system/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Nightly report");
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await expect(dialog).toContainText("No answer arrived.");
  await dialog.getByRole("button", { name: "Make the token" }).click();

  await expect(page.getByText("The token is made, but its text was lost")).toBeVisible();
  await expect(page.getByRole("row", { name: /Nightly report/ })).toHaveCount(1);
  expectOneKey(keys);
  expect(await product.query("SELECT 1 FROM api_tokens")).toHaveLength(1);
});

test("a pause whose answer was lost is made once, and is no change of somebody else", async ({ page, product }) => {
  const keys = await loseFirstAnswer(page, "/ops/controls/*/pause");
  await page.goto("/system/ops/controls?control=restore.execute&dialog=pause");
  const pause = page.getByRole("dialog", { name: /^Pause/ });
  await pause.getByRole("textbox", { name: "Reason" }).fill("Incident 4711");
  await pause.getByRole("button", { name: "Show what it affects" }).click();
  const send = pause.getByRole("button", { name: /^Pause/ });
  await send.click();
  await expect(pause).toContainText("No answer arrived.");
  await send.click();

  await expect(pause).toBeHidden();
  expectOneKey(keys);
  expect(await product.query("SELECT 1 FROM operational_control_activations")).toHaveLength(1);
});

test.describe("by somebody who may open break-glass", () => {
  test.use({ as: VIEWER });

  test("break-glass whose answer was lost is opened once", async ({ page, product }) => {
    await product.cli("operator", "grant", "--email", VIEWER.email, "--capability", "platform.break_glass.open");
    const keys = await loseFirstAnswer(page, "/auth/break-glass");
    await page.goto("/system/ops/runs");
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("button", { name: "Open break-glass" }).click();
    const dialog = page.getByRole("dialog", { name: "Open break-glass" });
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Pager 4711: nobody else is awake");
    await dialog.getByRole("button", { name: "Open break-glass" }).click();
    await expect(dialog).toContainText("No answer arrived.");
    await dialog.getByRole("button", { name: "Open break-glass" }).click();

    await expect(page.getByRole("status").filter({ hasText: "Break-glass session" })).toBeVisible();
    expectOneKey(keys);
  });
});
