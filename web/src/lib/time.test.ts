import { describe, expect, it } from "vitest";
import { elapsed, fieldTime, relative, utcTime } from "./time";

const NOW = new Date("2026-11-21T12:00:00Z");
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe("relative times", () => {
  it("are whole units, rounded towards now", () => {
    expect([-2, -30, -119, -3_600, -90_000, 90, 7_300].map((seconds) => relative(at(seconds), NOW))).toEqual([
      "just now",
      "30 seconds ago",
      "1 minute ago",
      "1 hour ago",
      "1 day ago",
      "in 1 minute",
      "in 2 hours",
    ]);
  });
});

describe("exact times", () => {
  it("name the zone where it is not the reader's", () => {
    expect(utcTime(NOW)).toBe("21 Nov 2026, 12:00:00 UTC");
  });
});

describe("elapsed time", () => {
  it("runs on until there is an end, and is never negative", () => {
    expect(elapsed("2026-11-21T11:59:00Z", null, NOW)).toBe("1 m");
    expect(elapsed("2026-11-21T11:59:00Z", "2026-11-21T11:59:12Z", NOW)).toBe("12 s");
    expect(elapsed("2026-11-21T12:00:09Z", null, NOW)).toBe("0 s");
  });
});

describe("times of a form", () => {
  it("are written as the field wants them", () => {
    expect(fieldTime(new Date(2026, 0, 2, 3, 4, 5))).toBe("2026-01-02T03:04");
  });
});
