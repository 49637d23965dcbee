import type { Activation, Control, PauseBody, ScopeBody, ScopeType } from "../../api/schema";
import { fieldTime } from "../../lib/time";

/** Ends that can be chosen with one click, and one that is typed. */
export const UNTIL = ["none", "1h", "4h", "tomorrow", "at"] as const;
export type UntilChoice = (typeof UNTIL)[number];

/** A pause while it is being written. Times are as a field of type `datetime-local` has them. */
export interface PauseDraft {
  scopeType: ScopeType;
  workspaceId: number | undefined;
  workspaceName: string | undefined;
  reasonText: string;
  start: "now" | "at";
  startAt: string;
  until: UntilChoice;
  untilAt: string;
}

const HOUR = 3_600_000;
const MORNING_HOUR = 9;

/** A new pause, as wide as the control allows. */
export function emptyDraft(control: Control): PauseDraft {
  return {
    scopeType: control.supported_scopes[0] ?? "global",
    workspaceId: undefined,
    workspaceName: undefined,
    reasonText: "",
    start: "now",
    startAt: "",
    until: "none",
    untilAt: "",
  };
}

/** A pause that is there, to be changed. */
export function draftOf(activation: Activation, isScheduled: boolean): PauseDraft {
  return {
    scopeType: activation.scope_type,
    workspaceId: activation.workspace_id ?? undefined,
    workspaceName: activation.workspace_name ?? undefined,
    reasonText: activation.reason_text,
    start: isScheduled ? "at" : "now",
    startAt: isScheduled ? fieldTime(new Date(activation.starts_at)) : "",
    until: activation.expires_at ? "at" : "none",
    untilAt: activation.expires_at ? fieldTime(new Date(activation.expires_at)) : "",
  };
}

/** What is sent. A time that was not touched is sent as it was, not cut to the minutes that a field shows. */
export function bodyOf(draft: PauseDraft, now: Date, original?: Activation): PauseBody {
  const start = draft.start === "at" ? exactTime(draft.startAt, original?.starts_at) : null;
  const end = endOf(draft, start ? new Date(start) : now, original);
  return {
    scope_type: draft.scopeType,
    ...(draft.scopeType === "workspace" ? { workspace_id: draft.workspaceId ?? null } : {}),
    ...(original && isMoved(draft, original) ? { moved_from: scopeOf(original) } : {}),
    reason_text: draft.reasonText,
    ...(start ? { starts_at: start } : {}),
    ...(end ? { expires_at: end } : {}),
  };
}

/** Another scope was chosen than the pause has. */
function isMoved({ scopeType, workspaceId }: PauseDraft, { scope_type, workspace_id }: Activation): boolean {
  return scopeType !== scope_type || (scopeType === "workspace" && workspaceId !== workspace_id);
}

function scopeOf({ scope_type, workspace_id }: Activation): ScopeBody {
  return { scope_type, ...(workspace_id == null ? {} : { workspace_id }) };
}

function endOf(draft: PauseDraft, from: Date, original: Activation | undefined): string | null {
  switch (draft.until) {
    case "none":
      return null;
    case "1h":
      return new Date(from.getTime() + HOUR).toISOString();
    case "4h":
      return new Date(from.getTime() + 4 * HOUR).toISOString();
    case "tomorrow":
      return new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1, MORNING_HOUR).toISOString();
    case "at":
      return exactTime(draft.untilAt, original?.expires_at);
  }
}

/** The pause of the control that a draft or an activation is about, if it is there. */
export function pauseOf(
  control: Control,
  scopeType: ScopeType,
  workspaceId: number | null | undefined,
  isScheduled: boolean,
): Activation | undefined {
  const pauses = isScheduled ? control.scheduled : control.activations;
  return pauses.find(
    (pause) => pause.scope_type === scopeType && (pause.workspace_id ?? undefined) === (workspaceId ?? undefined),
  );
}

function exactTime(typed: string, original: string | null | undefined): string | null {
  if (original && fieldTime(new Date(original)) === typed) return original;
  const at = new Date(typed);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
