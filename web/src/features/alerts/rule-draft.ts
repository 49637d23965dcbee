import type { AlertRule, AlertSeverity, CreateAlertRuleBody } from "../../api/schema";

/** A rule while somebody writes it. */
export interface RuleDraft {
  name: string;
  events: string[];
  minimumSeverity: AlertSeverity;
  destinationIds: number[];
  workspaceIds: number[];
  operationTypes: string[];
  cooldownMinutes: number;
  isQuiet: boolean;
  quietFrom: string;
  quietTo: string;
  /** Where the writer is, unless the rule says otherwise. */
  timeZone: string;
}

/** A rule that says nothing yet. */
export function emptyDraft(): RuleDraft {
  return {
    name: "",
    events: [],
    minimumSeverity: "info",
    destinationIds: [],
    workspaceIds: [],
    operationTypes: [],
    cooldownMinutes: 10,
    isQuiet: false,
    quietFrom: "22:00",
    quietTo: "07:00",
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** A rule as it is, to be changed. */
export function draftOf(rule: AlertRule): RuleDraft {
  const empty = emptyDraft();
  return {
    name: rule.name,
    events: rule.events,
    minimumSeverity: rule.minimum_severity,
    destinationIds: rule.destinations.map(({ id }) => id),
    workspaceIds: rule.workspace_ids,
    operationTypes: rule.operation_types,
    cooldownMinutes: Math.round(rule.cooldown_seconds / 60),
    isQuiet: Boolean(rule.quiet_hours),
    quietFrom: rule.quiet_hours?.from ?? empty.quietFrom,
    quietTo: rule.quiet_hours?.to ?? empty.quietTo,
    timeZone: rule.quiet_hours?.time_zone ?? empty.timeZone,
  };
}

/** What is sent: all of it, so that a change is what the writer saw. */
export function ruleBody(draft: RuleDraft): CreateAlertRuleBody {
  return {
    name: draft.name.trim(),
    events: draft.events,
    minimum_severity: draft.minimumSeverity,
    destination_ids: draft.destinationIds,
    workspace_ids: draft.workspaceIds,
    operation_types: draft.operationTypes,
    cooldown_seconds: draft.cooldownMinutes * 60,
    quiet_hours: draft.isQuiet ? { from: draft.quietFrom, to: draft.quietTo, time_zone: draft.timeZone } : null,
  };
}
