import type { FindingStatus, FindingType } from "../../api/schema";

/** Where a finding stands, in the order of its life. */
export const STATUSES: readonly { value: FindingStatus; label: string }[] = [
  { value: "new", label: "New" },
  { value: "reopened", label: "Reopened" },
  { value: "acknowledged", label: "Acknowledged" },
  { value: "triaged", label: "Triaged" },
  { value: "in_progress", label: "In progress" },
  { value: "resolved", label: "Resolved" },
  { value: "closed", label: "Closed" },
  { value: "risk_accepted", label: "Risk accepted" },
];

/** What kind of deviation a finding is about. */
export const TYPES: readonly { value: FindingType; label: string }[] = [
  { value: "posture", label: "Posture" },
  { value: "permission_posture", label: "Permission posture" },
  { value: "entra_admin_roles", label: "Administrator roles" },
  { value: "drift", label: "Drift" },
];

/** The word for a status. */
export function statusWord(status: FindingStatus): string {
  return STATUSES.find(({ value }) => value === status)?.label ?? status;
}

/** The words for a type. */
export function typeWords(type: FindingType): string {
  return TYPES.find(({ value }) => value === type)?.label ?? type;
}

/** Whether nothing is left to do about a finding. */
export function isOver(status: FindingStatus): boolean {
  return status === "resolved" || status === "closed" || status === "risk_accepted";
}
