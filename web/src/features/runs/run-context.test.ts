import { expect, test } from "vitest";
import { runContext } from "./run-context";

test("a context is read, with the workspaces that were left out and why", () => {
  const read = runContext({
    runbook: { key: "findings.lifecycle.backfill", scope: "all_tenants", target_tenant_id: null, source: "system_ui" },
    preflight: { id: 4, affected_count: 12480, total_count: 200000, estimated_tenants: 37 },
    excluded: [
      {
        workspace_id: 3,
        name: "Acme",
        tenant_count: 3,
        decision: {
          control_key: "findings.lifecycle.backfill",
          effective_state: "paused",
          matched_scope_type: "workspace",
          reason_text: "incident 4711",
          expires_at: null,
        },
      },
    ],
    reason: { reason_code: "DATA_REPAIR", reason_text: "Rows of old versions" },
  });
  expect(read.preflight).toEqual({ affected: 12480, total: 200000, tenants: 37 });
  expect(read.excluded[0]).toMatchObject({ name: "Acme", tenantCount: 3, decision: { reason_text: "incident 4711" } });
  expect(read.reason).toEqual({ code: "DATA_REPAIR", text: "Rows of old versions" });
  expect(read.retryOfRunId).toBeNull();
});

test("a start that was typed on the command line says which system user typed", () => {
  expect(runContext({ command_line: { user: "alice", host: "ops-1" } }).typedBy).toBe("alice on ops-1");
  expect(runContext({ command_line: { user: "alice" } }).typedBy).toBeNull();
});

test("a context that is empty or of another shape reads as nothing known", () => {
  for (const context of [{}, null, { runbook: "x", preflight: 3, excluded: {} }]) {
    expect(runContext(context)).toMatchObject({ runbookKey: null, preflight: null, excluded: [], reason: null });
  }
});
