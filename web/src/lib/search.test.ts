import { describe, expect, it } from "vitest";
import { id, oneOf, text, time } from "./search";

describe("search parameters", () => {
  it("that are not understood are left out", () => {
    expect([text(""), text("  "), text(["a"]), text(undefined)]).toEqual(Array(4).fill(undefined));
    expect([id("0"), id("-1"), id("1.5"), id("x"), id("99999999999999999999")]).toEqual(Array(5).fill(undefined));
    expect([oneOf("other", ["a", "b"]), oneOf(undefined, ["a"])]).toEqual([undefined, undefined]);
    expect([time("yesterday"), time(5), time("+275000-01-01")]).toEqual(Array(3).fill(undefined));
  });

  it("are read otherwise", () => {
    expect([text("a b"), text(7), id("12"), oneOf("b", ["a", "b"])]).toEqual(["a b", "7", 12, "b"]);
    expect(time("2026-11-21T12:00:00Z")).toBe("2026-11-21T12:00:00.000Z");
    expect(time("2026-11-01")).toBe("2026-11-01T00:00:00.000Z");
  });
});
