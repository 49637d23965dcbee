import { expect, test } from "./support/test.ts";

test("a server that goes away is missed in words, and the page goes on by itself when it is back", async ({
  page,
  product,
  noise,
}) => {
  noise.allow(/ERR_|50\d|failed:|Failed to fetch|no answer/);
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  const banner = page.getByText("The server cannot be reached");

  await product.stopServer();
  await expect(banner).toBeVisible({ timeout: 30_000 });

  await product.startServer();
  await expect(banner).toBeHidden({ timeout: 30_000 });
  await page.getByRole("link", { name: "Controls" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Controls" })).toBeVisible();
});

test("a page that was not loaded yet waits for the server, and opens when it is back", async ({
  page,
  product,
  noise,
}) => {
  noise.allow(/ERR_|50\d|failed:|Failed to fetch|no answer|cannot be loaded any more/);
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await product.stopServer();
  await page.getByRole("link", { name: "Controls" }).click();
  await expect(page.getByText("The server cannot be reached")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("made a mistake")).toBeHidden();

  await product.startServer();
  await expect(page.getByRole("heading", { level: 1, name: "Controls" })).toBeVisible({ timeout: 30_000 });
});

test("a page whose script was replaced by another version is loaded anew by itself", async ({ page, noise }) => {
  noise.allow(/404|failed:|Failed to fetch|Failed to load|cannot be loaded any more/);
  await page.goto("/system/ops/runs");
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await page.route("**/assets/AuditPage*", (route) => route.fulfill({ status: 404 }));
  const reloaded = page.waitForEvent("load", { timeout: 15_000 });
  await page.getByRole("link", { name: "Audit" }).click();
  await reloaded;
  await expect(page.getByText("There is a new version of this page")).toBeVisible({ timeout: 15_000 });

  await page.unroute("**/assets/AuditPage*");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
});

test("a page that is opened while the server is away opens when it is back", async ({ page, noise }) => {
  noise.allow(/ERR_|50\d|failed:|Failed to fetch|no answer/);
  await page.goto("/system/ops/runs");
  await page.route("**/api/v1/system/auth/me*", (route) => route.abort("connectionrefused"));
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached", { timeout: 15_000 });

  await page.unroute("**/api/v1/system/auth/me*");
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible({ timeout: 15_000 });
});
