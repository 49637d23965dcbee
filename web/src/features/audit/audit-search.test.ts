import { expect, test } from "vitest";
import { countFilters, queryOf, readAuditSearch } from "./audit-search";

const now = new Date("2026-11-21T14:30:00Z");

test("what an address says that is not understood is left out", () => {
  expect(countFilters(readAuditSearch({ within: "2h", actor_id: "me", after: "soon", action: " " }))).toBe(0);
});

test("an actor is one filter, of kind and number", () => {
  const search = readAuditSearch({ actor_type: "user", actor_id: "3" });
  expect(countFilters(search)).toBe(1);
  expect(queryOf(search, now)).toEqual({ actor_type: "user", actor_id: 3 });
});

test("exact times count instead of a span", () => {
  const search = readAuditSearch({ within: "24h", after: "2026-11-01T00:00:00Z" });
  expect(search.within).toBeUndefined();
  expect(queryOf(search, now)).toEqual({ after: "2026-11-01T00:00:00.000Z" });
});

test("a span goes back from now, and what only the page needs is not asked for", () => {
  const search = readAuditSearch({ within: "24h", event: "4", filters: "open", run_id: "7" });
  expect(queryOf(search, now)).toEqual({ run_id: 7, after: "2026-11-20T14:30:00.000Z" });
});
