import { expect, test } from "vitest";
import { filterOf, readRunsSearch, withoutFilters } from "./runs-search";

test("an address with values that nobody knows opens without them", () => {
  const search = readRunsSearch({ status: "asleep", outcome: "failed", tenant_id: "-3", created_after: "soon" });
  expect(filterOf(search)).toEqual({ outcome: ["failed"] });
});

test("clearing the filters keeps whether the list is live, and leaves the cursor behind", () => {
  const search = readRunsSearch({ status: "running", initiator: "operator:3", cursor: "abc", live: "off" });
  expect(filterOf(search)).toEqual({ status: "running", initiator: "operator:3" });
  expect(withoutFilters(search)).toEqual({ live: "off", filters: undefined });
});

test("several outcomes stand in one address, and what nobody knows is left out of them", () => {
  const search = readRunsSearch({ outcome: "blocked,asleep,failed", acknowledged: "false", status: "active" });
  expect(filterOf(search)).toEqual({ outcome: ["failed", "blocked"], acknowledged: false, status: "active" });
});
