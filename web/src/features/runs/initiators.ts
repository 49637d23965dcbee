import type { Initiator, OperatorProfile, Run } from "../../api/schema";
import { id, text } from "../../lib/search";

interface Option {
  value: string;
  label: string;
}

const ALWAYS: Option[] = [
  { value: "cli", label: "Command line" },
  { value: "system", label: "System" },
];

/** An initiator as the filter of the list names it. */
export function initiatorValue(initiator: Initiator): string {
  return initiator.id === null || initiator.id === undefined ? initiator.type : `${initiator.type}:${initiator.id}`;
}

/** Reads an initiator of an address; what the API would refuse is left out. */
export function readInitiator(value: unknown): string | undefined {
  const known = text(value);
  if (known === "cli" || known === "system") return known;
  const [, type, digits] = known?.match(/^(operator|user):(\d+)$/) ?? [];
  const number = id(digits);
  return type && number !== undefined ? `${type}:${number}` : undefined;
}

/** Who can be chosen: oneself, the command line, the system, whoever started what is on show, and what is chosen. */
export function initiatorOptions(
  me: Pick<OperatorProfile, "id"> | null,
  runs: Pick<Run, "initiator">[],
  chosen: string | undefined,
): Option[] {
  const own = me ? [{ value: `operator:${me.id}`, label: "Me" }] : [];
  const seen = runs.map(({ initiator }) => ({ value: initiatorValue(initiator), label: initiator.name }));
  const unseen = chosen ? [{ value: chosen, label: chosen.replace(":", " ") }] : [];
  const options = new Map<string, Option>();
  for (const option of [...own, ...ALWAYS, ...seen, ...unseen]) {
    if (!options.has(option.value)) options.set(option.value, option);
  }
  return [...options.values()];
}
