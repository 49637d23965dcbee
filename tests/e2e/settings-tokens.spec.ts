import { ADMIN, expect, expectAccessible, OWNER, SYSTEM, test } from "./support/test.ts";

test("a token is made, shown once, used by a program, and revoked", async ({ page, product, playwright }) => {
  await page.goto("/system/settings/tokens");
  await expect(page.getByText("You have no API tokens")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Nightly report");
  await dialog.getByRole("checkbox", { name: "platform.ops.view" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Make the token" }).click();
  const made = page.getByRole("dialog", { name: "The token is made" });
  const secret = await made.getByTestId("secret").innerText();
  expect(secret).toMatch(/^tatlas_sys_[A-Za-z0-9]{40}[0-9a-f]{8}$/);
  await expectAccessible(page);
  await made.getByRole("button", { name: "Done" }).click();

  const program = await playwright.request.newContext({ extraHTTPHeaders: { Authorization: `Bearer ${secret}` } });
  expect((await program.get(`${product.url}${SYSTEM}/ops/runs`)).status()).toBe(200);
  expect((await program.get(`${product.url}${SYSTEM}/ops/controls`)).status()).toBe(403);
  await page.reload();
  const row = page.getByRole("row", { name: /Nightly report/ });
  await expect(row).toContainText("Active");
  await expect(row).toContainText(`…${secret.slice(-4)}`);
  await expect(row).not.toContainText("Never");
  await expect(page.getByText(secret)).toHaveCount(0);
  await expectAccessible(page);

  await row.getByRole("button", { name: "Revoke Nightly report" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke the token" }).click();
  await expect(row).toContainText("Revoked");
  expect((await program.get(`${product.url}${SYSTEM}/ops/runs`)).status()).toBe(401);
  await program.dispose();
});

test("what is wrong with a token is said beside its field", async ({ page, noise }) => {
  noise.allow(/422/);
  await page.goto("/system/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });

  await dialog.getByRole("button", { name: "Make the token" }).click();

  await expect(dialog).toContainText("A name of 1 to 100 characters is expected.");
});

test("somebody ends a session elsewhere, and signs out everywhere", async ({ page, product, playwright, noise }) => {
  noise.allow(/401/);
  await page.goto("/system/settings/sessions");
  const table = page.getByRole("table", { name: "Sessions, newest first" });
  await expect(table).toContainText("This one");
  await expectAccessible(page);
  const elsewhere = await playwright.request.newContext({ userAgent: "another browser" });
  const data = { email: "olga@e2e.example", password: "correct horse 1" };
  const answer = await elsewhere.post(`${product.url}${SYSTEM}/auth/token`, { data });
  const headers = { Authorization: `Bearer ${(await answer.json()).access_token}` };

  await page.reload();
  const end = table.getByRole("row", { name: /another browser/ }).getByRole("button", { name: /^End the session/ });
  await end.click();
  const asking = page.getByRole("dialog", { name: "End the session" });
  await expectAccessible(page);
  await asking.getByRole("button", { name: "Back" }).click();
  expect((await elsewhere.get(`${product.url}${SYSTEM}/auth/me`, { headers })).status()).toBe(200);
  await end.click();
  await asking.getByRole("button", { name: "End the session" }).click();
  await expect(table.getByRole("row", { name: /another browser/ })).toHaveCount(0);
  expect((await elsewhere.get(`${product.url}${SYSTEM}/auth/me`, { headers })).status()).toBe(401);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();

  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await elsewhere.dispose();
});

test("sessions and tokens fit on a phone, each with its end in reach", async ({ page, product, playwright }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  const elsewhere = await playwright.request.newContext({ userAgent: "another browser" });
  const data = { email: "olga@e2e.example", password: "correct horse 1" };
  const answer = await elsewhere.post(`${product.url}${SYSTEM}/auth/token`, { data });
  const headers = { Authorization: `Bearer ${(await answer.json()).access_token}` };
  const token = { name: "Nightly report", capabilities: ["platform.ops.view"] };
  expect((await elsewhere.post(`${product.url}${SYSTEM}/auth/api-tokens`, { data: token, headers })).status()).toBe(
    201,
  );
  await elsewhere.dispose();

  await page.goto("/system/settings/tokens");
  const made = page.getByRole("list", { name: "API tokens, newest first" }).getByRole("listitem");
  await expect(made.getByRole("button", { name: "Revoke Nightly report" })).toBeInViewport({ ratio: 1 });
  await expect(made).toContainText("platform.ops.view");
  await expectAccessible(page);
  await page.goto("/system/settings/sessions");
  const session = page.getByRole("listitem").filter({ hasText: "another browser" });
  await expect(session.getByRole("button", { name: /^End the session from/ })).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
});

test("sessions from one address are told apart, and one that cannot be ended says why", async ({
  page,
  product,
  playwright,
  noise,
}) => {
  noise.allow(/404/);
  for (const userAgent of ["another browser", "a third browser"]) {
    const elsewhere = await playwright.request.newContext({ userAgent });
    const data = { email: "olga@e2e.example", password: "correct horse 1" };
    expect((await elsewhere.post(`${product.url}${SYSTEM}/auth/token`, { data })).ok()).toBe(true);
    await elsewhere.dispose();
  }
  await product.query(
    "UPDATE sessions SET created_at = created_at - interval '1 day' WHERE user_agent = 'a third browser'",
  );
  await page.goto("/system/settings/sessions");
  const ends = page.getByRole("button", { name: /^End the session from/ });
  await expect(ends).toHaveCount(2);
  const names = await ends.evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  expect(new Set(names).size).toBe(2);

  await product.query("UPDATE sessions SET revoked_at = db_now() WHERE user_agent = 'another browser'");
  await page
    .getByRole("row", { name: /another browser/ })
    .getByRole("button")
    .click();
  const asking = page.getByRole("dialog", { name: "End the session" });
  await asking.getByRole("button", { name: "End the session" }).click();
  await expect(asking.getByRole("alert")).toContainText("Not found");
  await asking.getByRole("button", { name: "Back" }).click();
  await expect(ends).toHaveCount(1);
});

test.describe("in the tenant plane", () => {
  test.use({ as: OWNER });

  test("a user makes a token for what their roles let them do", async ({ page, product, playwright }) => {
    await page.goto("/admin/settings/tokens");
    await page.getByRole("button", { name: "Make a token" }).click();
    const dialog = page.getByRole("dialog", { name: "Make an API token" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Scanner");
    await dialog.getByRole("checkbox", { name: "findings.view" }).check();
    await expect(dialog.getByRole("checkbox", { name: "members.manage" })).toHaveCount(0);
    await dialog.getByRole("button", { name: "Make the token" }).click();
    const secret = await page.getByTestId("secret").innerText();

    const program = await playwright.request.newContext({ extraHTTPHeaders: { Authorization: `Bearer ${secret}` } });
    expect((await program.get(`${product.url}${ADMIN}/tenants`)).status()).toBe(200);
    expect((await program.get(`${product.url}${SYSTEM}/tenants`)).status()).toBe(404);
    await page.getByRole("button", { name: "Done" }).click();
    await expectAccessible(page);
    await page.goto("/admin/settings/sessions");
    await expect(page.getByRole("table", { name: "Sessions, newest first" })).toContainText("This one");
    await expectAccessible(page);
    await program.dispose();
  });
});
