import { expect, test } from "vitest";
import { asProblem } from "../../api/problem";
import type { Decision, Preflight, Runbook } from "../../api/schema";
import { headline } from "../../ui/preflight/headline";
import { differences, freshPreflight, otherTenants, startState } from "./figures";
import { reachOf } from "./scope";

const ENABLED: Decision = { control_key: "a", effective_state: "enabled", matched_scope_type: "none" };

const PREFLIGHT: Preflight = {
  id: 1,
  runbook_key: "a",
  scope: { mode: "all_tenants" },
  affected_count: 12_480,
  total_count: 200_000,
  affected_tenants: 37,
  estimated_tenants: 40,
  overdue_after: 12,
  by_change: {
    first_seen_at: 0,
    last_seen_at: 0,
    times_seen: 0,
    status: 12_480,
    sla_days: 0,
    due_at_set: 0,
    due_at_moved: 0,
    due_at_cleared: 0,
    duplicates_merged: 0,
    duplicates_closed: 0,
  },
  by_tenant: [{ tenant_id: 3, name: "Contoso", affected_count: 12_000 }],
  samples: [],
  excluded: [],
  control: ENABLED,
  computed_at: "2026-01-01T00:00:00Z",
  expires_at: "2026-01-01T00:15:00Z",
};

const RUNBOOK: Runbook = {
  key: "a",
  label: "A",
  description: "",
  capability: "b",
  estimated_duration_seconds: 1,
  scopes: ["all_tenants", "single_tenant"],
  typed_confirmation: "GO",
  control: ENABLED,
  actions: [{ action: "start", allowed: true }],
};

const CONTOSO: Preflight = { ...PREFLIGHT, scope: { mode: "single_tenant", tenant_id: 3 }, estimated_tenants: 1 };

test("the headline has the figures first, and the tenants only where there are several", () => {
  expect(headline(PREFLIGHT)).toBe("12,480 of 200,000 findings in 37 of 40 tenants change");
  expect(headline({ ...CONTOSO, affected_count: 1, total_count: 1 })).toBe("1 of 1 finding changes");
});

test("the reach is a number of tenants, or the tenant's name where it is known", () => {
  expect(reachOf(PREFLIGHT)).toBe("40 tenants");
  expect(reachOf(CONTOSO)).toBe("Contoso");
  expect(reachOf({ ...CONTOSO, by_tenant: [] })).toBe("tenant 3");
});

test("only figures that changed are differences", () => {
  expect(differences(PREFLIGHT, { ...PREFLIGHT, id: 2, affected_count: 15_000 })).toEqual([
    { label: "Findings that change", before: 12_480, after: 15_000 },
  ]);
});

test("tenants without a row are summed up", () => {
  expect(otherTenants(PREFLIGHT)).toEqual({ tenants: 36, findings: 480 });
});

test("fresh figures are taken from a problem only if they are there", () => {
  const stale = { type: "", title: "", status: 409, detail: "", instance: "", request_id: "", code: "preflight-stale" };
  expect(freshPreflight(asProblem({ ...stale, preflight: PREFLIGHT }))).toEqual(PREFLIGHT);
  expect(freshPreflight(asProblem({ ...stale, preflight: "none" }))).toBeNull();
});

test("what the API refuses comes before a missing preflight", () => {
  const refused = { action: "start", allowed: false, reason: "Paused globally." };
  expect(startState({ ...RUNBOOK, actions: [refused] }, undefined)).toEqual(refused);
  expect(startState(RUNBOOK, undefined).reason).toMatch(/^Run a preflight first/);
  expect(startState(RUNBOOK, PREFLIGHT).allowed).toBe(true);
});

test("a pause that a preflight found does not hold the start: it may be over, which the API knows", () => {
  const control: Decision = { ...ENABLED, effective_state: "paused", matched_scope_type: "workspace" };
  expect(startState(RUNBOOK, { ...CONTOSO, control }).allowed).toBe(true);
});
