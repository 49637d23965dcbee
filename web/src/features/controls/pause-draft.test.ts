import { describe, expect, test } from "vitest";
import type { Activation, Control } from "../../api/schema";
import { bodyOf, draftOf, emptyDraft, pauseOf } from "./pause-draft";

const now = new Date(2026, 10, 21, 14, 30);
const activation: Activation = {
  id: 7,
  scope_type: "workspace",
  scope_label: "Workspace Contoso",
  workspace_id: 3,
  workspace_name: "Contoso",
  reason_text: "incident 4711",
  starts_at: "2026-11-22T08:15:33.123Z",
  expires_at: "2026-11-22T10:20:44.567Z",
  owner_name: "Ada",
  created_at: "2026-11-21T10:00:00Z",
  updated_at: "2026-11-21T10:00:00Z",
};
const control: Control = {
  key: "restore.execute",
  label: "Restore execution",
  available: true,
  supported_scopes: ["global", "workspace"],
  operation_types: [],
  affected_surfaces: [],
  surface_labels: [],
  effective_state: "paused",
  state_label: "Workspace pauses active (1)",
  activations: [activation],
  scheduled: [],
  in_flight_runs: 0,
};

describe("a new pause", () => {
  test("begins at once and has no end unless one is chosen", () => {
    expect(bodyOf({ ...emptyDraft(control), reasonText: "incident" }, now)).toEqual({
      scope_type: "global",
      reason_text: "incident",
    });
  });

  test("ends some hours after its start, not after it was written", () => {
    const draft = { ...emptyDraft(control), start: "at", startAt: "2026-11-23T06:00", until: "4h" } as const;
    expect(bodyOf(draft, now)).toMatchObject({
      starts_at: new Date(2026, 10, 23, 6).toISOString(),
      expires_at: new Date(2026, 10, 23, 10).toISOString(),
    });
  });

  test("until tomorrow is the next morning at nine of the reader", () => {
    expect(bodyOf({ ...emptyDraft(control), until: "tomorrow" }, now).expires_at).toBe(
      new Date(2026, 10, 22, 9).toISOString(),
    );
  });

  test("of a workspace that is not chosen yet is sent without one, so that the API asks for it", () => {
    expect(bodyOf({ ...emptyDraft(control), scopeType: "workspace" }, now).workspace_id).toBeNull();
  });
});

describe("a pause that is changed", () => {
  test("keeps the seconds of a time that nobody touched", () => {
    expect(bodyOf(draftOf(activation, true), now, activation)).toEqual({
      scope_type: "workspace",
      workspace_id: 3,
      reason_text: "incident 4711",
      starts_at: activation.starts_at,
      expires_at: activation.expires_at,
    });
  });

  test("sends no start when it has begun", () => {
    expect(bodyOf(draftOf(activation, false), now, activation).starts_at).toBeUndefined();
  });

  test("names the scope that it leaves when it is given another one", () => {
    const everywhere = { ...draftOf(activation, false), scopeType: "global" } as const;
    expect(bodyOf(everywhere, now, activation)).toMatchObject({
      scope_type: "global",
      moved_from: { scope_type: "workspace", workspace_id: 3 },
    });
    const elsewhere = { ...draftOf(activation, false), workspaceId: 4 };
    expect(bodyOf(elsewhere, now, activation)).toMatchObject({ workspace_id: 4, moved_from: { workspace_id: 3 } });
    expect(bodyOf(draftOf(activation, false), now, activation).moved_from).toBeUndefined();
  });

  test("takes a time that was typed", () => {
    const draft = { ...draftOf(activation, false), untilAt: "2026-11-22T12:00" };
    expect(bodyOf(draft, now, activation).expires_at).toBe(new Date(2026, 10, 22, 12).toISOString());
  });
});

test("a pause is found by its scope among those in force or those scheduled", () => {
  expect(pauseOf(control, "workspace", 3, false)?.id).toBe(7);
  expect(pauseOf(control, "workspace", 4, false)).toBeUndefined();
  expect(pauseOf(control, "workspace", 3, true)).toBeUndefined();
  expect(pauseOf(control, "global", null, false)).toBeUndefined();
});
