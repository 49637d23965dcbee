import { afterEach, expect, test } from "vitest";
import { serverAway } from "../api/query-client";
import { loadPage, PageReplaced } from "./lazy-page";

const failing = (times: number) => {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new TypeError("Failed to fetch dynamically imported module");
    return "the page";
  };
};

afterEach(() => serverAway.set(false));

test("a page that is opened while the server is away waits for it, under the banner", async () => {
  const page = loadPage(failing(2), async () => false);
  await Promise.resolve();
  await expect.poll(() => serverAway.get()).toBe(true);
  serverAway.set(false);
  await expect.poll(() => serverAway.get()).toBe(true);
  serverAway.set(false);
  expect(await page).toBe("the page");
});

test("a script that is gone though the server answers was replaced", async () => {
  await expect(loadPage(failing(9), async () => true)).rejects.toBeInstanceOf(PageReplaced);
});

test("one that fails once is loaded again", async () => {
  expect(await loadPage(failing(1), async () => true)).toBe("the page");
});
