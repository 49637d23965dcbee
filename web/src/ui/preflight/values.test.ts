import { expect, test } from "vitest";
import { shownValue } from "./values";

test("what is not set says so, and zero is a value", () => {
  expect(shownValue(null)).toEqual({ kind: "none" });
  expect(shownValue("")).toEqual({ kind: "none" });
  expect(shownValue(0)).toEqual({ kind: "text", text: "0" });
});

test("times are read as times, and what only begins like one stays a text", () => {
  expect(shownValue("2026-02-20T21:53:00+00:00")).toEqual({ kind: "time", at: new Date("2026-02-20T21:53:00Z") });
  expect(shownValue("2026-99-99T21:53:00 soon")).toEqual({ kind: "text", text: "2026-99-99T21:53:00 soon" });
});

test("keys become words, other texts stay as somebody wrote them", () => {
  expect(shownValue("consolidated_duplicate")).toEqual({ kind: "text", text: "Consolidated duplicate" });
  expect(shownValue("<b>Not markup</b>")).toEqual({ kind: "text", text: "<b>Not markup</b>" });
});

test("a long text is cut and says how long it is", () => {
  const shown = shownValue("x!".repeat(2_000));
  expect(shown).toMatchObject({ kind: "text" });
  expect(shown.kind === "text" && shown.text).toMatch(/^(?:x!){120}… \(4,000 characters\)$/);
});
