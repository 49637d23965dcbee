import { describe, expect, it } from "vitest";
import { count, duration, percent, plural, roughDuration, words } from "./format";

describe("numbers", () => {
  it("are grouped", () => {
    expect(count(12_480)).toBe("12,480");
    expect(plural(1, "tenant")).toBe("1 tenant");
    expect(plural(0, "tenant")).toBe("0 tenants");
    expect(plural(1_200, "repair of a company", "repairs of companies")).toBe("1,200 repairs of companies");
  });

  it("are 100 % only when it is all", () => {
    expect([0, 0.004, 0.645, 0.999, 1].map(percent)).toEqual(["0 %", "0 %", "64 %", "99 %", "100 %"]);
  });
});

describe("durations", () => {
  it("have the two largest units", () => {
    expect([0, 0.4, 59, 60, 252, 7_500, 273_600].map(duration)).toEqual([
      "0 s",
      "under 1 s",
      "59 s",
      "1 m",
      "4 m 12 s",
      "2 h 5 m",
      "3 d 4 h",
    ]);
  });

  it("are rough where they are a forecast", () => {
    expect([0, 30, 120, 3_000, 7_200].map(roughDuration)).toEqual([
      "about 1 second",
      "about 30 seconds",
      "about 2 minutes",
      "about 50 minutes",
      "about 2 hours",
    ]);
  });
});

describe("keys of metadata", () => {
  it("read as words", () => {
    expect(words("due_at_set")).toBe("Due at set");
  });
});
