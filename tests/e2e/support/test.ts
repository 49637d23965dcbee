import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { OPERATOR, type Operator } from "./operators.ts";
import { Caller, Product, signIn } from "./product.ts";
import { MANAGER, type User } from "./users.ts";

export { VIEWER } from "./operators.ts";
export { ADMIN, type Caller, type Product, RUNBOOK, SYSTEM, signIn } from "./product.ts";
export { MANAGER, NEWCOMER, OWNER, READER, STRANGER } from "./users.ts";
export { expect, OPERATOR };

/** What a browser says that no page should make it say; a test names what it provokes. */
export interface Noise {
  /** Lines that match are what the test is about. */
  allow(pattern: RegExp): void;
}

interface Fixtures {
  /** A server of its own, with 6 tenants and 600 findings that need the backfill. */
  product: Product;
  /** Somebody else, by the API. */
  caller: Caller;
  /** The manager of a tenant, by the API. */
  member: Caller;
  /** The operator or user whom `page` is signed in as; `null`: nobody. */
  as: Operator | User | null;
  noise: Noise;
}

export const test = base.extend<Fixtures>({
  as: [OPERATOR, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright wants
  product: async ({}, use) => {
    const product = await Product.start();
    await use(product);
    await product.end();
  },

  baseURL: async ({ product }, use) => use(product.url),

  caller: async ({ product, playwright }, use) => {
    const request = await playwright.request.newContext();
    await use(await Caller.of(request, product));
    await request.dispose();
  },

  member: async ({ product, playwright }, use) => {
    const request = await playwright.request.newContext();
    await use(await Caller.of(request, product, MANAGER));
    await request.dispose();
  },

  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright wants
  noise: async ({}, use) => {
    const allowed: RegExp[] = [];
    await use(Object.assign({ allow: (pattern: RegExp) => void allowed.push(pattern) }, { allowed }));
  },

  page: async ({ page, product, as, noise }, use) => {
    const heard = listen(page);
    if (as) await signIn(page, product, as);
    await use(page);
    const allowed = "allowed" in noise && Array.isArray(noise.allowed) ? noise.allowed : [];
    expect(heard.filter((line) => !allowed.some((pattern: RegExp) => pattern.test(line)))).toEqual([]);
  },
});

/** Collects errors, warnings and failed requests of a page. */
function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => heard.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // Leaving a page ends what it still asks for.
    if (reason !== "net::ERR_ABORTED") heard.push(`failed: ${reason} ${request.url()}`);
  });
  return heard;
}

/** What axe holds a page against: WCAG 2.2 AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Those of them whose answer hangs on colours: a page in the other scheme differs in nothing else. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** No violation of WCAG 2.2 AA, in both colour schemes. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await atRest(page);
  await expectNoViolation(new AxeBuilder({ page }).withRules(COLOUR_RULES));
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await expectNoViolation(new AxeBuilder({ page }).withTags(RULES));
}

/** Waits until nothing fades or slides any more: half-way through, colours are not those that people read. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // A transition begins with the frame after the change that causes it.
    await new Promise((begun) => requestAnimationFrame(() => requestAnimationFrame(begun)));
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => undefined)));
  });
}

async function expectNoViolation(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
