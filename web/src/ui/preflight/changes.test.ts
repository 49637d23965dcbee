import { expect, test } from "vitest";
import { changesOf, fieldChanges, variedFirst } from "./changes";

test("only fields that differ are shown, those with words first and in one order", () => {
  const changes = fieldChanges({
    before: { zone: "a", status: "new", due_at: null, times_seen: 2 },
    after: { due_at: "2026-01-01T00:00:00Z", status: "triaged", zone: "b", times_seen: 2 },
  });
  expect(changes.map((change) => change.field)).toEqual(["status", "due_at", "zone"]);
});

test("a field that one side lacks counts as not set there", () => {
  const changes = fieldChanges({ before: {}, after: { sla_days: 14, closed_reason: null } });
  expect(changes).toEqual([{ field: "sla_days", before: null, after: 14 }]);
});

test("samples of each kind of change come first, in the order in which they came", () => {
  const due = { before: { due_at: null }, after: { due_at: "2026-01-01T00:00:00Z" } };
  const again = { before: { due_at: null }, after: { due_at: "2026-01-02T00:00:00Z" } };
  const status = { before: { status: "new" }, after: { status: "closed" } };
  expect(variedFirst([due, again, status])).toEqual([due, status, again]);
});

test("kinds of change that do not happen are left out", () => {
  const none = {
    first_seen_at: 0,
    last_seen_at: 0,
    times_seen: 0,
    sla_days: 0,
    due_at_set: 0,
    due_at_moved: 0,
    due_at_cleared: 0,
  };
  const changes = changesOf({ ...none, status: 3, duplicates_merged: 0, duplicates_closed: 1 });
  expect(changes.map(({ key, count }) => [key, count])).toEqual([
    ["status", 3],
    ["duplicates_closed", 1],
  ]);
});
