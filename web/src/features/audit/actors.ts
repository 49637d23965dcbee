import type { AuditActor, AuditEvent } from "../../api/schema";
import type { ActorType, AuditFilter } from "./audit-search";
import { ACTOR_TYPES } from "./audit-search";

/** Part of an address that says whose events are listed. */
export type ActorChoice = Pick<AuditFilter, "actor_type" | "actor_id">;

/** Finds all events of this actor, and nobody else's; none where they have no number. */
export function choiceOf({ type, id }: AuditActor): ActorChoice | null {
  const actor_type = ACTOR_TYPES.find((known) => known === type);
  return actor_type && id ? { actor_type, actor_id: id } : null;
}

/** Writes a choice as the one text that a select knows it by; null where nobody is chosen. */
export function keyOf({ actor_type, actor_id }: ActorChoice): string | null {
  if (actor_id === undefined) return actor_type ?? null;
  return actor_type === undefined ? String(actor_id) : `${actor_type} ${actor_id}`;
}

/** Reads the choice that a select knows by this text. */
export function choiceOfKey(key: string | null): ActorChoice {
  const words = key?.split(" ") ?? [];
  const number = words.find((word) => /^\d+$/.test(word));
  return {
    actor_type: ACTOR_TYPES.find((known) => known === words[0]),
    actor_id: number === undefined ? undefined : Number(number),
  };
}

/** Lists those who act in the events, by the key of the choice that finds them; the newest event, with the label of now, comes first. */
export function actorsByKey(events: Pick<AuditEvent, "actor">[]): Map<string, string> {
  const labels = new Map<string, string>();
  for (const { actor } of events) {
    const choice = choiceOf(actor);
    const key = choice && keyOf(choice);
    if (key && !labels.has(key)) labels.set(key, `${actor.label} (${actor.type})`);
  }
  return labels;
}

const KINDS: Record<ActorType, string> = {
  operator: "Operator",
  user: "User",
  cli: "Command line",
  system: "The product itself",
  anonymous: "Nobody signed in",
};

/** Names a choice whose actor is in no event shown. */
export function choiceLabel({ actor_type, actor_id }: ActorChoice): string {
  // An address of before kinds were told apart finds both.
  if (actor_type === undefined) return `Operator or user ${actor_id}`;
  return actor_id === undefined ? KINDS[actor_type] : `${KINDS[actor_type]} ${actor_id}`;
}
