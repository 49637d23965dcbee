import type { ApiProblem } from "../../api/problem";
import type { ActionState, Preflight, Runbook, UsualPace } from "../../api/schema";
import { roughDuration } from "../../lib/format";
import { actionOf } from "../../ui/ActionButton";

/** A figure that is not the same in two preflights. */
export interface Difference {
  label: string;
  before: number;
  after: number;
}

/** What differs between the preflight that was confirmed and a fresh one. */
export function differences(before: Preflight, after: Preflight): Difference[] {
  const leftOut = (preflight: Preflight) => preflight.excluded.reduce((sum, { tenant_count }) => sum + tenant_count, 0);
  const figures: [string, (preflight: Preflight) => number][] = [
    ["Findings that change", (preflight) => preflight.affected_count],
    ["Findings looked at", (preflight) => preflight.total_count],
    ["Tenants with changes", (preflight) => preflight.affected_tenants],
    ["Tenants that the run goes over", (preflight) => preflight.estimated_tenants],
    ["Tenants left out", leftOut],
    ["Overdue afterwards", (preflight) => preflight.overdue_after],
  ];
  return figures
    .map(([label, of]) => ({ label, before: of(before), after: of(after) }))
    .filter((figure) => figure.before !== figure.after);
}

/** Tenants beyond those that the preflight names, and their findings together. */
export function otherTenants(preflight: Preflight): { tenants: number; findings: number } {
  const named = preflight.by_tenant.reduce((sum, tenant) => sum + tenant.affected_count, 0);
  return {
    tenants: preflight.affected_tenants - preflight.by_tenant.length,
    findings: preflight.affected_count - named,
  };
}

/** The fresh figures that a refused start brings along (RB-06), if it does. */
export function freshPreflight(problem: ApiProblem): Preflight | null {
  return isPreflight(problem.preflight) ? problem.preflight : null;
}

function isPreflight(value: unknown): value is Preflight {
  return typeof value === "object" && value !== null && "id" in value && "by_change" in value && "expires_at" in value;
}

/** `A run takes about 4 seconds, at the pace of the last 3 runs.` */
export function expectedDuration(findings: number, { rows_per_second, runs }: UsualPace): string {
  const last = runs === 1 ? "the last run" : `the last ${runs} runs`;
  return `A run takes ${roughDuration(Math.max(1, findings / rows_per_second))}, at the pace of ${last}.`;
}

/**
 * Whether a start can be asked for: what the API says about the action, and whether there is a preflight to confirm.
 * Whether that one still holds is the API's to say: pauses come and go after it, and clocks of browsers are wrong.
 */
export function startState(runbook: Runbook, preflight: Preflight | undefined): ActionState {
  const start = actionOf(runbook.actions, "start");
  const no = (reason: string) => ({ action: "start", allowed: false, reason });
  if (!start) return no("The server does not offer a start.");
  // Until when it is paused stands above, by the clock of the reader.
  if (runbook.control.effective_state === "paused") return no(`Paused: ${runbook.control.reason_text}`);
  if (!start.allowed) return start;
  if (!preflight) return no("Run a preflight first: a start confirms its figures.");
  return start;
}
