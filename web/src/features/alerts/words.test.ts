import { expect, test } from "vitest";
import { cooldownInWords, options, quietInWords } from "./words";

test("a cooldown is told in the largest unit that fits", () => {
  expect(cooldownInWords(0)).toBe("None");
  expect(cooldownInWords(60)).toBe("1 minute");
  expect(cooldownInWords(600)).toBe("10 minutes");
  expect(cooldownInWords(7_200)).toBe("2 hours");
});

test("quiet hours name the place whose clock counts", () => {
  expect(quietInWords(null)).toBe("None");
  expect(quietInWords({ from: "22:00", to: "07:00", time_zone: "Europe/Berlin" })).toBe(
    "22:00 to 07:00, Europe/Berlin",
  );
});

test("a table becomes a list to choose from", () => {
  expect(options({ a: "A", b: { label: "B" } })).toEqual([
    { value: "a", label: "A" },
    { value: "b", label: "B" },
  ]);
});
