import type { Decision } from "../../api/schema";
import { systemUser } from "../../ui/event-facts";

/** A workspace that the start left out, and why. */
export interface ExcludedWorkspace {
  name: string;
  tenantCount: number;
  decision: Decision | null;
}

/** Circumstances of a start (RUN-08), as far as they are understood here. */
export interface RunContext {
  runbookKey: string | null;
  scope: string | null;
  source: string | null;
  retryOfRunId: number | null;
  preflight: { affected: number; total: number; tenants: number } | null;
  excluded: ExcludedWorkspace[];
  reason: { code: string; text: string } | null;
  /** The system user who typed the start on the command line, for whomever. */
  typedBy: string | null;
  initiator: { name: string; email: string; isBreakGlass: boolean } | null;
}

/** Reads the context of a run. It is free-form on the wire and older versions wrote less, so anything may be missing. */
export function runContext(context: unknown): RunContext {
  const runbook = member(context, "runbook");
  const preflight = member(context, "preflight");
  const reason = member(context, "reason");
  const initiator = member(context, "platform_initiator");
  const [user, host] = ["user", "host"].map((name) => textOf(member(context, "command_line"), name));
  return {
    runbookKey: textOf(runbook, "key"),
    scope: textOf(runbook, "scope"),
    source: textOf(runbook, "source"),
    retryOfRunId: numberOf(context, "retry_of_run_id"),
    preflight: isObject(preflight)
      ? {
          affected: numberOf(preflight, "affected_count") ?? 0,
          total: numberOf(preflight, "total_count") ?? 0,
          tenants: numberOf(preflight, "estimated_tenants") ?? 0,
        }
      : null,
    excluded: list(member(context, "excluded")).map((workspace) => ({
      name: textOf(workspace, "name") ?? "A workspace",
      tenantCount: numberOf(workspace, "tenant_count") ?? 0,
      decision: decision(member(workspace, "decision")),
    })),
    reason: isObject(reason)
      ? { code: textOf(reason, "reason_code") ?? "", text: textOf(reason, "reason_text") ?? "" }
      : null,
    typedBy: user && host ? systemUser({ user, host }) : null,
    initiator: isObject(initiator)
      ? {
          name: textOf(initiator, "name") ?? "",
          email: textOf(initiator, "email") ?? "",
          isBreakGlass: member(initiator, "is_break_glass") === true,
        }
      : null,
  };
}

function decision(value: unknown): Decision | null {
  const scope = textOf(value, "matched_scope_type");
  const key = textOf(value, "control_key");
  if (key === null || (scope !== "global" && scope !== "workspace" && scope !== "none")) return null;
  return {
    control_key: key,
    effective_state: textOf(value, "effective_state") === "enabled" ? "enabled" : "paused",
    matched_scope_type: scope,
    reason_text: textOf(value, "reason_text"),
    expires_at: textOf(value, "expires_at"),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function member(value: unknown, key: string): unknown {
  return isObject(value) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown, key: string): string | null {
  const found = member(value, key);
  return typeof found === "string" ? found : null;
}

function numberOf(value: unknown, key: string): number | null {
  const found = member(value, key);
  return typeof found === "number" ? found : null;
}
