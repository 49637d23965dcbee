import { expect, test } from "vitest";
import { fieldTime } from "./time";

test("a time is written as a field of a form wants it", () => {
  expect(fieldTime(new Date(2026, 0, 2, 3, 4, 5))).toBe("2026-01-02T03:04");
});
