import { expect, test } from "vitest";
import { filterOf, readFindingsSearch } from "./findings-search";

test("an address is read back as the view that it was made of", () => {
  const view = readFindingsSearch({ status: "in_progress", severity: "high", overdue: "true", search: "mfa" });
  expect(filterOf(view)).toEqual({ status: "in_progress", severity: "high", overdue: "true", search: "mfa" });
});

test("what is not understood is left out", () => {
  const view = readFindingsSearch({ status: "gone", severity: "awful", type: "posture", overdue: "1", dialog: "x" });
  expect(filterOf(view)).toEqual({ type: "posture" });
  expect(view.dialog).toBeUndefined();
});
