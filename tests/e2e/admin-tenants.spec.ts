import { expect, expectAccessible, MANAGER, NEWCOMER, OWNER, STRANGER, test } from "./support/test.ts";

test.describe("who belongs to no tenant", () => {
  test.use({ as: NEWCOMER });

  test("reads so, with what to do about it", async ({ page }) => {
    await page.goto("/admin");
    await expect(page.getByText("You are not a member of any tenant")).toBeVisible();
    await expect(page.getByText(NEWCOMER.email)).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe("who belongs to one tenant", () => {
  test.use({ as: OWNER });

  test("is led to it", async ({ page, product }) => {
    const [tenant] = await product.tenants();
    await page.goto("/admin");
    await expect(page).toHaveURL(new RegExp(`/admin/tenants/${tenant?.id}/dashboard$`));
    await expect(page.getByRole("heading", { level: 1, name: tenant?.name })).toBeVisible();
  });
});

test.describe("who belongs to several tenants", () => {
  test.use({ as: MANAGER });

  test("chooses one of them, and finds it by its name", async ({ page, product }) => {
    const [first, second] = await product.tenants();
    await page.goto("/admin");
    const list = page.getByRole("list", { name: "Tenants" });
    await expect(list.getByRole("listitem")).toHaveCount(3);
    await expectAccessible(page);

    await page.getByLabel("Search by name").fill(second?.name ?? "");
    await expect(page).toHaveURL(/search=/);
    await expect(list.getByRole("link", { name: first?.name, exact: true })).toBeHidden();
    await list.getByRole("link", { name: second?.name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: second?.name })).toBeVisible();
  });

  test("changes to another by keyboard, and the address says which", async ({ page, product }) => {
    const [first, , third] = await product.tenants();
    await page.goto(`/admin/tenants/${first?.id}/dashboard`);
    await expect(page.getByRole("heading", { level: 1, name: first?.name })).toBeVisible();

    await page.keyboard.press("/");
    await expect(page.getByRole("button", { name: `Tenant: ${first?.name}` })).toBeFocused();
    await page.keyboard.press("Enter");
    const search = page.getByRole("textbox", { name: "Search your tenants" });
    await expect(search).toBeFocused();
    await expect(page.getByRole("option")).toHaveCount(3);
    await expectAccessible(page);
    await page.keyboard.type(third?.name ?? "");
    await expect(page.getByRole("option")).toHaveCount(1);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");

    await expect(page).toHaveURL(new RegExp(`/admin/tenants/${third?.id}/dashboard$`));
    await expect(page.getByRole("heading", { level: 1, name: third?.name })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1, name: first?.name })).toBeVisible();
  });

  test("sees on a phone where they are, and changes there", async ({ page, product }) => {
    const [first, second] = await product.tenants();
    await page.setViewportSize({ width: 360, height: 780 });
    for (const path of ["/admin/tenants", `/admin/tenants/${first?.id}/dashboard`]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    }
    await page.getByRole("button", { name: `Tenant: ${first?.name}` }).click();
    await page.getByRole("option", { name: second?.name }).click();
    await expect(page.getByRole("heading", { level: 1, name: second?.name })).toBeVisible();
  });
});

test.describe("a stranger", () => {
  test.use({ as: STRANGER });

  test("gets the same page for a tenant of others, one that was deleted, and one that never was", async ({
    page,
    product,
    noise,
  }) => {
    noise.allow(/404/);
    const [first, second] = await product.tenants();
    await product.query("UPDATE tenants SET deleted_at = db_now() WHERE id = $1", [second?.id]);
    const pages: string[] = [];
    for (const id of [first?.id, second?.id, 999_999_999]) {
      await page.goto(`/admin/tenants/${id}/dashboard`);
      await expect(page.getByRole("main")).toContainText("There is no such tenant, or you are not a member of it");
      pages.push(await page.getByRole("main").innerText());
    }
    expect(new Set(pages).size).toBe(1);
    await expectAccessible(page);
    await page.getByRole("link", { name: "Go to your tenants" }).click();
    await expect(page.getByRole("list", { name: "Tenants" }).getByRole("listitem")).toHaveCount(1);
  });
});

test.describe("a member who is taken out", () => {
  test.use({ as: OWNER });

  test("sees the tenant no longer", async ({ page, product, noise }) => {
    noise.allow(/404/);
    const [tenant] = await product.tenants();
    await page.goto(`/admin/tenants/${tenant?.id}/dashboard`);
    await expect(page.getByRole("heading", { level: 1, name: tenant?.name })).toBeVisible();
    await product.cli("membership", "set", "--user", OWNER.email, "--tenant", `${tenant?.id}`, "--remove");
    await expect(page.getByText("There is no such tenant, or you are not a member of it")).toBeVisible({
      timeout: 20_000,
    });
  });
});
