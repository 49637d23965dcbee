import { expect, test } from "vitest";
import { readDashboardSearch, titleOf, wordsOf } from "./dashboard-search";

test("the usual window and one that is not understood are left out of the address", () => {
  expect(readDashboardSearch({ window: "24h" }).window).toBeUndefined();
  expect(readDashboardSearch({ window: "2h" }).window).toBeUndefined();
  expect(readDashboardSearch({ window: "7d" }).window).toBe("7d");
});

test("a window is said in words", () => {
  expect(wordsOf("1h")).toBe("the last hour");
  expect(titleOf("24h")).toBe("Last 24 hours");
});
