import { expect, test } from "vitest";
import type { Finding } from "../../api/schema";
import { bodyOf, draftOf, verbOf } from "./finding-draft";

const FINDING: Finding = {
  id: 7,
  type: "posture",
  source: "scubagear",
  check_id: "MS.AAD.3.1",
  fingerprint: "00",
  severity: "high",
  status: "triaged",
  title: "A title",
  resource: "tenant",
  evidence: {},
  overdue: false,
  created_at: "2026-11-01T00:00:00Z",
  updated_at: "2026-11-01T00:00:00Z",
  due_at: "2026-12-01T00:00:00Z",
  transitions: ["in_progress", "closed"],
  actions: [],
};

test("nothing is sent of what was not changed", () => {
  expect(bodyOf(draftOf(FINDING), FINDING)).toEqual({});
});

test("closing is sent with its reason, without white space around it", () => {
  const draft = { ...draftOf(FINDING), status: "closed" as const, reason: " Not in use any more " };
  expect(bodyOf(draft, FINDING)).toEqual({ status: "closed", closed_reason: "Not in use any more" });
  expect(verbOf("closed", FINDING)).toBe("Close finding");
});

test("a reason that was typed for another status is not sent", () => {
  expect(bodyOf({ ...draftOf(FINDING), reason: "typed before" }, FINDING)).toEqual({});
});

test("no due date is a decision of its own, another date is a time", () => {
  expect(bodyOf({ ...draftOf(FINDING), due: "none" }, FINDING)).toEqual({ due_at: null });
  const body = bodyOf({ ...draftOf(FINDING), due: "at", dueAt: "2027-01-31T12:00" }, FINDING);
  expect(body.due_at).toBe(new Date("2027-01-31T12:00").toISOString());
});
