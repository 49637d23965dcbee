import { expect, test } from "vitest";
import { surfacesInWords, withSurfacesInWords } from "./surfaces";

test("surfaces that are known are said in words, others as they are", () => {
  expect(surfacesInWords(["system.ops.runbooks", "tenant.new_thing"])).toBe("Ops / Runbooks, tenant.new_thing");
});

test("keys in a sentence of the API are put into words", () => {
  expect(withSurfacesInWords("Affected: system.ops.runbooks.", ["system.ops.runbooks"])).toBe(
    "Affected: Ops / Runbooks.",
  );
});
