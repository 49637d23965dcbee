import { fileOf, scanOf } from "./support/scans.ts";
import { expect, expectAccessible, MANAGER, type Product, test } from "./support/test.ts";

test.use({ as: MANAGER });

test("a scan is imported, its findings are there, and importing it again changes nothing", async ({
  page,
  product,
}) => {
  const tenantId = await firstTenant(product);
  await page.goto(`/admin/tenants/${tenantId}/findings`);
  await page.getByRole("button", { name: "Import…" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Import findings");
  const send = page.getByRole("button", { name: /^Import into/ });
  await expect(send).toBeDisabled();
  await expectAccessible(page);

  await page.locator("input[type=file]").setInputFiles(fileOf("scan.jsonl", scanOf(12)));
  await expect(page.getByRole("combobox", { name: "Format" })).toHaveValue("JSON Lines of TenantAtlas");
  await send.click();
  const report = page.getByRole("region", { name: "Imported" });
  await expect(report).toContainText("Created12");
  await expectAccessible(page);

  await send.click();
  const again = page.getByRole("region", { name: "This scan was imported before" });
  await expect(again).toContainText("Nothing was changed.");
  await expect(again).toContainText("Created0");

  await page.getByRole("link", { name: "All findings" }).click();
  await page.getByRole("searchbox", { name: "Search" }).fill("Check 1 of the scan");
  const row = page.getByRole("table").getByRole("row").nth(1);
  await expect(row).toContainText("Critical");
  await expect(row).toContainText("e2e-scanner");
  await row.getByRole("link", { name: "Check 1 of the scan" }).click();
  await expect(page.getByRole("region", { name: "Evidence" })).toContainText("<b>not bold</b>");
});

test("what was skipped is listed with its place and why, and the rest is imported", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  const file = [scanOf(2), '{"source": "e2e-scanner"}', scanOf(1, { check_id: "E2E.9", verdict: "perhaps" })].join(
    "\n",
  );
  await page.goto(`/admin/tenants/${tenantId}/findings/import`);
  await page.locator("input[type=file]").setInputFiles(fileOf("scan.jsonl", file));
  await page.getByRole("button", { name: /^Import into/ }).click();

  const report = page.getByRole("region", { name: "Imported" });
  await expect(report).toContainText("Created2");
  await expect(report).toContainText("2 findings of the file were skipped");
  const rows = report.getByRole("table").getByRole("row");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText("3");
  await expect(rows.nth(2)).toContainText("unknown-verdict");
  await expectAccessible(page);
});

test("what the newest scan did not find is marked, and resolved where the box is checked", async ({
  page,
  product,
}) => {
  const tenantId = await firstTenant(product);
  const seen = (resource: string, day: number) =>
    scanOf(1, {
      source: "e2e-newest",
      resource,
      title: `Departs on ${resource}`,
      seen_at: `2026-11-0${day}T08:00:00Z`,
    });
  await page.goto(`/admin/tenants/${tenantId}/findings/import`);
  const send = page.getByRole("button", { name: /^Import into/ });
  const file = page.locator("input[type=file]");
  await file.setInputFiles(fileOf("first.jsonl", `${seen("gone", 1)}\n${seen("there", 1)}`));
  await send.click();
  await expect(page.getByRole("region", { name: "Imported" })).toContainText("Created2");
  await file.setInputFiles(fileOf("second.jsonl", seen("there", 2)));
  await send.click();
  const report = page.getByRole("region", { name: "Imported" });
  await expect(report).toContainText("1 open finding that the scan looked for is not observed any more.");
  await expectAccessible(page);

  await page.goto(`/admin/tenants/${tenantId}/findings?unobserved=true`);
  const row = page.getByRole("table").getByRole("row").nth(1);
  await expect(row).toContainText("Departs on gone");
  await expect(row).toContainText("Not found");
  await expectAccessible(page);
  await row.getByRole("link", { name: "Departs on gone" }).click();
  await expect(page.getByText("Newest scan")).toBeVisible();

  await page.goto(`/admin/tenants/${tenantId}/findings/import`);
  await file.setInputFiles(fileOf("second.jsonl", seen("there", 2)));
  await page.getByRole("checkbox", { name: /^Resolve open findings/ }).check();
  await send.click();
  const again = page.getByRole("region", { name: "This scan was imported before" });
  await expect(again).toContainText("is not observed any more and was resolved.");
  await page.goto(`/admin/tenants/${tenantId}/findings?unobserved=true`);
  await expect(page.getByText("No finding matches the filters")).toBeVisible();
});

test("a scan of another tenant and a file that is none are refused whole", async ({ page, product, noise }) => {
  noise.allow(/422/);
  const tenantId = await firstTenant(product);
  const other = scanOf(2, { tenant: "0f0e0d0c-1111-4222-8333-444455556666" });
  const before = await count(product);
  await page.goto(`/admin/tenants/${tenantId}/findings/import`);
  const send = page.getByRole("button", { name: /^Import into/ });

  await page.locator("input[type=file]").setInputFiles(fileOf("other.jsonl", other));
  await send.click();
  await expect(page.getByRole("alert")).toContainText(/tenant/i);
  await expectAccessible(page);

  await page.locator("input[type=file]").setInputFiles(fileOf("picture.png", "\u0089PNG"));
  await expect(page.getByRole("alert")).toHaveCount(0);
  await send.click();
  await expect(page.getByRole("alert")).toBeVisible();
  expect(await count(product)).toBe(before);
});

test("an upload is cancelled before it arrived, and nothing was imported", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  const before = await count(product);
  const network = await page.context().newCDPSession(page);
  await page.goto(`/admin/tenants/${tenantId}/findings/import`);
  await page.locator("input[type=file]").setInputFiles(fileOf("scan.jsonl", scanOf(20_000)));
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 20,
    downloadThroughput: -1,
    uploadThroughput: 20_000,
  });
  await page.getByRole("button", { name: /^Import into/ }).click();
  await expect(page.getByRole("progressbar", { name: "Progress of the upload" })).toBeVisible();
  await expect(page.getByText(/ MB of .* MB|kB of .* MB/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel the upload" }).click();

  await expect(page.getByText("The upload was cancelled")).toBeVisible();
  await expect(page.getByRole("note")).toContainText("Nothing was imported.");
  expect(await count(product)).toBe(before);
});

test("who may not import sees why", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  await product.cli("membership", "set", "--user", MANAGER.email, "--tenant", `${tenantId}`, "--role", "operator");
  await page.goto(`/admin/tenants/${tenantId}/findings`);
  const open = page.getByRole("button", { name: "Import…" });
  await expect(open).toBeDisabled();
  await expect(open).toHaveAccessibleDescription(/findings.import/);
});

async function firstTenant(product: Product): Promise<number> {
  return (await product.tenants())[0]?.id ?? 0;
}

async function count(product: Product): Promise<number> {
  const [row] = await product.query<{ count: string }>("SELECT count(*) FROM findings");
  return Number(row?.count);
}
