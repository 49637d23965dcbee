import { expect, test } from "vitest";
import { createdLabel, fromInput, startOfSpan, toInput } from "./created-filter";

const now = new Date("2026-11-21T14:03:22Z");

test("a span begins on a whole minute", () => {
  expect(startOfSpan(24, now)).toBe("2026-11-20T14:03:00.000Z");
});

test("a time survives the way into an input and back", () => {
  expect(fromInput(toInput("2026-11-21T14:03:00.000Z"))).toBe("2026-11-21T14:03:00.000Z");
  expect(fromInput("")).toBeUndefined();
  expect(toInput(undefined)).toBe("");
});

test("the filter says in words which end is open", () => {
  expect(createdLabel(undefined, undefined, now)).toBe("Any time");
  expect(createdLabel("2026-11-20T14:03:00Z", undefined, now)).toMatch(/^Since 20 Nov/);
  expect(createdLabel(undefined, "2026-11-20T14:03:00Z", now)).toMatch(/^Before 20 Nov/);
});
