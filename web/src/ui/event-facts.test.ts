import { expect, test } from "vitest";
import { factsOf, typedBy } from "./event-facts";

const EVENT = {
  id: 4,
  action: "platform.ops.runs.paused",
  label: "Run paused",
  actor: { type: "operator", id: 3, label: "olga@example.com" },
  target: { type: "run", id: "28", label: "Run" },
  outcome: "success",
  summary: "Paused run 28.",
  metadata: { runbook_key: "findings.lifecycle.backfill" },
  recorded_at: "2026-11-21T14:30:00Z",
};
const TYPED = { user: "alice", host: "ops-1" };

test("the facts of an event say from where it was asked for", () => {
  expect(factsOf({ ...EVENT, ip: "192.0.2.7", user_agent: "A browser" })).toEqual({
    event: 4,
    actor: "operator 3",
    target: "run 28",
    address: "192.0.2.7",
    user_agent: "A browser",
    runbook_key: "findings.lifecycle.backfill",
  });
});

test("what was typed on the command line for an operator says which system user typed", () => {
  const typed = { ...EVENT, command_line: TYPED, metadata: { ...EVENT.metadata, command_line: TYPED } };
  expect(typedBy(typed)).toBe("alice on ops-1");
  expect(factsOf(typed)).toMatchObject({ typed_by: "alice on ops-1" });
  expect(factsOf(typed)).not.toHaveProperty("command_line");
  expect(typedBy(EVENT)).toBeNull();
});

test("who typed for nobody else is the actor already", () => {
  expect(typedBy({ actor: { type: "cli", label: "alice on ops-1" }, command_line: TYPED })).toBeNull();
});
