import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, RUNBOOK, test } from "./support/test.ts";

/** Where the pictures go; not part of the repository. */
const FOLDER = fileURLToPath(new URL("./screenshots", import.meta.url));

const PAGES: Record<string, string> = {
  dashboard: "/system/dashboard",
  runbooks: "/system/ops/runbooks",
  runs: "/system/ops/runs",
  "runs-none": "/system/ops/runs?outcome=blocked",
  run: "/system/ops/runs/1",
  "run-failures": "/system/ops/runs/1?tab=failures",
  "run-context": "/system/ops/runs/1?tab=context",
  "run-audit": "/system/ops/runs/1?tab=audit",
  "run-missing": "/system/ops/runs/999999",
  controls: "/system/ops/controls",
  audit: "/system/audit",
  "no-such-page": "/system/nothing",
};

const VIEWS = {
  light: { colorScheme: "light", width: 1360, height: 900 },
  dark: { colorScheme: "dark", width: 1360, height: 900 },
  phone: { colorScheme: "light", width: 360, height: 780 },
} as const;

test("a picture of every page, light, dark and on a phone", async ({ page, caller, noise }) => {
  test.setTimeout(300_000);
  noise.allow(/404/);
  mkdirSync(FOLDER, { recursive: true });
  await caller.completedRun();
  await caller.pause("restore.execute", "Incident 4711: restores write to the wrong tenant");
  await caller.post(`/ops/controls/${RUNBOOK}/preview`, { action: "pause", scope_type: "global" });
  for (const [view, { colorScheme, width, height }] of Object.entries(VIEWS)) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(path);
      await settled(page);
      expect(await widest(page), `${name} on ${view} has to fit`).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `${FOLDER}/${name}-${view}.png`, fullPage: true });
    }
  }
});

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** Pixels that the page needs; more than the window has means that it scrolls sideways. */
async function widest(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}
