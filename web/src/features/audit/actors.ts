import type { AuditEvent } from "../../api/schema";

/** Those who act in the events, by their number: each with its kind, and together where several kinds share a number. */
export function actorsById(events: Pick<AuditEvent, "actor">[]): Map<string, string> {
  const labels = new Map<string, Map<string, string>>();
  for (const { actor } of events) {
    if (!actor.id) continue;
    const key = String(actor.id);
    const kinds = labels.get(key) ?? new Map<string, string>();
    // The newest event comes first, with the label of now.
    if (!kinds.has(actor.type)) kinds.set(actor.type, `${actor.label} (${actor.type})`);
    labels.set(key, kinds);
  }
  return new Map([...labels].map(([key, kinds]) => [key, [...kinds.values()].join(", ")]));
}
