import type { Initiator, OperatorProfile, Run } from "../../api/schema";

interface Option {
  value: string;
  label: string;
}

const ALWAYS: Option[] = [
  { value: "cli", label: "Command line" },
  { value: "system", label: "System" },
];

/** An initiator as the filter of the list names it. */
export function initiatorValue({ type, id }: Initiator): string {
  return id === null || id === undefined ? type : `${type}:${id}`;
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
