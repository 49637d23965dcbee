import type { Finding, FindingBody, FindingStatus } from "../../api/schema";
import { fieldTime } from "../../lib/time";

/** What becomes of a due date: it stays as it is, is another, or there is none. */
export const DUE_CHOICES = ["keep", "at", "none"] as const;
export type DueChoice = (typeof DUE_CHOICES)[number];

/** A change while it is being written. */
export interface FindingDraft {
  status: FindingStatus;
  due: DueChoice;
  /** As the field of a time has it. */
  dueAt: string;
  reason: string;
}

/** The finding as it is, to be changed. */
export function draftOf(finding: Finding): FindingDraft {
  return {
    status: finding.status,
    due: "keep",
    dueAt: finding.due_at ? fieldTime(new Date(finding.due_at)) : "",
    reason: finding.closed_reason ?? "",
  };
}

/** Whether a status has a reason. */
export function hasReason(status: FindingStatus): boolean {
  return status === "closed" || status === "risk_accepted";
}

/** What to send: only what differs from the finding as it is. */
export function bodyOf(draft: FindingDraft, finding: Finding): FindingBody {
  const at = new Date(draft.dueAt);
  const reason = draft.reason.trim();
  return {
    ...(draft.status !== finding.status && { status: draft.status }),
    ...(draft.due === "none" && { due_at: null }),
    ...(draft.due === "at" && !Number.isNaN(at.getTime()) && { due_at: at.toISOString() }),
    ...(hasReason(draft.status) && reason !== (finding.closed_reason ?? "") && { closed_reason: reason }),
  };
}

/** Names the verb of a change. */
export function verbOf(status: FindingStatus, finding: Finding): string {
  if (status === finding.status) return "Change finding";
  const verbs: Partial<Record<FindingStatus, string>> = {
    triaged: "Mark as triaged",
    in_progress: "Take into progress",
    reopened: "Reopen finding",
    resolved: "Mark as resolved",
    closed: "Close finding",
    risk_accepted: "Accept the risk",
  };
  return verbs[status] ?? "Change finding";
}
