import { expect, expectAccessible, MANAGER, type Product, test } from "./support/test.ts";

test.use({ as: MANAGER });
// Each look with axe takes seconds where the machine is busy.
test.setTimeout(120_000);

test("findings are narrowed by what the address says, and paged by cursor", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  await product.query(
    `INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource,
       evidence, detected_at, first_seen_at, last_seen_at, times_seen, sla_days, due_at, due_source)
     SELECT workspace_id, id, 'drift', 'e2e', 'E2E.1', sha256('e2e'), 'critical', 'in_progress',
       'A rare finding', 'mailbox', '{}', now(), now() - interval '9 days', now(), 1, 3, now() - interval '6 days', 'sla'
     FROM tenants WHERE id = $1`,
    [tenantId],
  );
  await page.goto(`/admin/tenants/${tenantId}/findings`);
  const table = page.getByRole("table", { name: "Findings, newest first" });
  await expect(table.getByRole("row")).toHaveCount(51);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Older" }).click();
  await expect(page).toHaveURL(/cursor=/);
  await page.getByRole("button", { name: "Newest" }).click();

  await page.keyboard.press("/");
  await page.keyboard.type("RARE");
  await expect(page).toHaveURL(/search=RARE/);
  await expect(table.getByRole("row")).toHaveCount(2);
  const row = table.getByRole("row").nth(1);
  await expect(row).toContainText("Critical");
  await expect(row).toContainText("In progress");
  await expect(row).toContainText("9 days ago");
  await expect(row).toContainText("Overdue");
  await expect(row).toContainText("6 days ago");

  const search = page.getByRole("searchbox", { name: "Search" });
  await search.fill("e2e.1");
  await expect(table.getByRole("row")).toHaveCount(2);
  await search.fill("");
  await expect(table.getByRole("row")).toHaveCount(51);
  await search.fill("RARE");
  await expect(page).toHaveURL(/search=RARE/);
  await expect(table.getByRole("row")).toHaveCount(2);
  await row.getByRole("link", { name: "A rare finding" }).click();
  await page.getByRole("link", { name: "E2E.1" }).click();
  await expect(page).toHaveURL(/check_id=E2E\.1/);
  await expect(page.getByText("Check: E2E.1")).toBeVisible();
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Remove Check E2E.1" }).click();
  await expect(table.getByRole("row")).toHaveCount(51);
  await search.fill("RARE");
  await expect(table.getByRole("row")).toHaveCount(2);

  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Closed" }).click();
  await expect(page.getByText("No finding matches the filters")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("");
  await expect(table.getByRole("row")).toHaveCount(51);

  await page.goto(`/admin/tenants/${tenantId}/findings?severity=critical&overdue=true&type=drift&status=in_progress`);
  await expect(table.getByRole("row")).toHaveCount(2);
});

test("the dashboard counts what is overdue and new, and leads to it", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  await product.query("UPDATE findings SET status = 'triaged' WHERE tenant_id = $1 AND status = 'new'", [tenantId]);
  await product.query(
    `UPDATE findings SET due_at = now() - interval '1 day', due_source = 'sla', severity = 'high'
     WHERE id IN (SELECT id FROM findings WHERE tenant_id = $1 AND status = 'triaged' ORDER BY id LIMIT 3)`,
    [tenantId],
  );
  await page.goto(`/admin/tenants/${tenantId}/dashboard`);
  const overdue = page.getByRole("region", { name: "Overdue" });
  await expect(overdue.getByRole("link", { name: "3" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Pages" }).locator("[aria-current=page]")).toHaveText("Dashboard");
  await expect(page.getByText("Nothing to triage.")).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expectAccessible(page);
  await overdue.getByRole("link", { name: "3" }).click();
  await expect(page).toHaveURL(/findings\?.*severity=high/);
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(4);
});

test("evidence of somebody else is text and nothing more", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  const hostile = `<img src="http://elsewhere.example/x.png" onerror="window.attacked=1"><script>window.attacked=1</script>
[click](javascript:window.attacked=1) **bold** <a href="javascript:window.attacked=1">a</a>`;
  const evidence = { [`<b>${"k".repeat(200)}</b>`]: hostile, nested: { html: [hostile] }, long: "x".repeat(20_000) };
  const id = await firstFinding(product, tenantId);
  await product.query(
    "UPDATE findings SET evidence = $2, title = $3, resource = $4, closed_reason = NULL WHERE id = $1",
    [id, JSON.stringify(evidence), hostile.slice(0, 900), hostile],
  );
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).hostname));

  for (const width of [1360, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of [`findings/${id}`, `findings/${id}?dialog=edit`, "findings"]) {
      await page.goto(`/admin/tenants/${tenantId}/${path}`);
      await expect(page.getByText("onerror").first()).toBeAttached();
      expect(await page.evaluate(() => "attacked" in window)).toBe(false);
      await expect(page.locator("main img, main script, main b, main strong, [href^=javascript]")).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await page.goto(`/admin/tenants/${tenantId}/findings/${id}`);
    await expect(page.getByRole("region", { name: "Evidence" })).toContainText(hostile.split("\n")[1] ?? "");
    await expectAccessible(page);
  }
  expect(new Set(asked)).toEqual(new Set(["127.0.0.1"]));
});

test("who may only look sees why nothing can be changed", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  const id = await firstFinding(product, tenantId);
  await product.cli("membership", "set", "--user", MANAGER.email, "--tenant", `${tenantId}`, "--role", "readonly");
  await page.goto(`/admin/tenants/${tenantId}/findings/${id}`);
  const change = page.getByRole("button", { name: "Change…" });
  await expect(change).toBeDisabled();
  await expect(change).toHaveAccessibleDescription(/Your role lacks the capability findings.edit/);
  await expectAccessible(page);
});

test("findings fit on a phone and are accessible there", async ({ page, product }) => {
  const tenantId = await firstTenant(product);
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto(`/admin/tenants/${tenantId}/findings?filters=open`);
  await expect(page.getByRole("list", { name: "Findings, newest first" })).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

async function firstTenant(product: Product): Promise<number> {
  return (await product.tenants())[0]?.id ?? 0;
}

async function firstFinding(product: Product, tenantId: number): Promise<number> {
  const [row] = await product.query<{ id: string }>(
    "SELECT id FROM findings WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1",
    [tenantId],
  );
  return Number(row?.id);
}
