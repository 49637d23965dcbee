import { expect, test } from "vitest";
import { likelyFormat, size } from "./import-formats";

test("the name of a file tells its usual format", () => {
  expect(likelyFormat("ScubaResults_0cab.json")).toBe("scubagear");
  expect(likelyFormat("TestResults-2026-11-27.json")).toBe("maester");
  expect(likelyFormat("prowler-output.ocsf.json")).toBe("ocsf");
  expect(likelyFormat("findings.jsonl")).toBe("jsonl");
  expect(likelyFormat("holiday.png")).toBeNull();
});

test("sizes are said in the unit that fits", () => {
  expect([size(12), size(12_345), size(12_345_678)]).toEqual(["12 B", "12.3 kB", "12.3 MB"]);
});
