import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page, TestInfo } from "@playwright/test";
import { expect, MANAGER, type Product, signIn, test } from "./support/test.ts";

/** Script of a first load, compressed with gzip (WEB-03). */
const LIMIT_KILOBYTES = 250;

const BUILD = fileURLToPath(new URL("../../web/dist", import.meta.url));
const PAGES = {
  "sign-in": "/system/sign-in",
  dashboard: "/system/dashboard",
  runbooks: "/system/ops/runbooks",
  runs: "/system/ops/runs",
  controls: "/system/ops/controls",
  audit: "/system/audit",
};
/** Below the address of a tenant. */
const TENANT_PAGES = ["dashboard", "findings", "operations"];

for (const [name, path] of Object.entries(PAGES)) {
  test(`the ${name} page loads at most ${LIMIT_KILOBYTES} kB of script`, async ({ page }, testInfo) => {
    await expectSmall(page, name, path, testInfo);
  });
}

for (const name of TENANT_PAGES) {
  test(`the ${name} page of a tenant loads at most ${LIMIT_KILOBYTES} kB of script`, async ({
    page,
    product,
  }, testInfo) => {
    await signIn(page, product, MANAGER);
    await expectSmall(page, `tenant's ${name}`, `/admin/tenants/${await firstTenant(product)}/${name}`, testInfo);
  });
}

async function expectSmall(page: Page, name: string, path: string, testInfo: TestInfo): Promise<void> {
  const scripts: string[] = [];
  page.on("response", (answer) => {
    const { pathname } = new URL(answer.url());
    if (pathname.endsWith(".js")) scripts.push(pathname);
  });

  await page.goto(path, { waitUntil: "load" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

  const bytes = scripts.reduce((sum, script) => sum + readFileSync(`${BUILD}${script}.gz`).length, 0);
  testInfo.annotations.push({ type: "script", description: `${name}: ${(bytes / 1000).toFixed(1)} kB` });
  process.stdout.write(`    ${name}: ${(bytes / 1000).toFixed(1)} kB of script in ${scripts.length} files\n`);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes / 1000).toBeLessThanOrEqual(LIMIT_KILOBYTES);
}

async function firstTenant(product: Product): Promise<number> {
  return (await product.tenants())[0]?.id ?? 0;
}
