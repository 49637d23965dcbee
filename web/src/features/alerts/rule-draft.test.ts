import { expect, test } from "vitest";
import type { AlertRule } from "../../api/schema";
import { draftOf, emptyDraft, ruleBody } from "./rule-draft";

const RULE: AlertRule = {
  id: 1,
  name: "Night",
  enabled: true,
  events: ["operations.run.failed"],
  minimum_severity: "error",
  workspace_ids: [3],
  operation_types: [],
  destinations: [{ id: 7, name: "Pager" }],
  cooldown_seconds: 600,
  quiet_hours: { from: "22:00", to: "06:30", time_zone: "Europe/Berlin" },
  created_at: "2026-11-27T00:00:00Z",
  updated_at: "2026-11-27T00:00:00Z",
};

test("a rule that is opened and saved as it is says the same", () => {
  expect(ruleBody(draftOf(RULE))).toEqual({
    name: "Night",
    events: ["operations.run.failed"],
    minimum_severity: "error",
    destination_ids: [7],
    workspace_ids: [3],
    operation_types: [],
    cooldown_seconds: 600,
    quiet_hours: RULE.quiet_hours,
  });
});

test("quiet hours that are switched off are taken away", () => {
  expect(ruleBody({ ...draftOf(RULE), isQuiet: false }).quiet_hours).toBeNull();
});

test("a new rule proposes the zone of the writer and no quiet hours", () => {
  expect(emptyDraft().timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(ruleBody(emptyDraft()).quiet_hours).toBeNull();
});
