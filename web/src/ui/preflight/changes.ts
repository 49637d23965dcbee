import type { ChangeCounts } from "../../api/schema";

/** The one table of words for kinds of change, in the order in which they are shown. */
export const CHANGE_WORDS: Record<keyof ChangeCounts, string> = {
  first_seen_at: "First seen filled or moved",
  last_seen_at: "Last seen filled or moved",
  times_seen: "Times seen filled or summed",
  status: "Status changed, other than by closing duplicates",
  sla_days: "Days to repair set or corrected",
  due_at_set: "Due date set",
  due_at_moved: "Due date taken over from a duplicate",
  due_at_cleared: "Due date taken away",
  duplicates_merged: "Findings that absorb their duplicates",
  duplicates_closed: "Duplicates closed",
};

/** Words for the fields of a finding that samples show. */
export const FIELD_WORDS: Readonly<Record<string, string>> = {
  first_seen_at: "First seen",
  last_seen_at: "Last seen",
  times_seen: "Times seen",
  status: "Status",
  sla_days: "Days to repair",
  due_at: "Due",
  due_source: "Due date from",
  closed_reason: "Closed because",
  consolidated_into_id: "Folded into finding",
};

/** One field of a sampled finding that changes. */
export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

/** The fields that differ, those with words of their own first and in that order, so that samples read alike. */
export function fieldChanges(sample: { before: object; after: object }): FieldChange[] {
  const before: Record<string, unknown> = { ...sample.before };
  const after: Record<string, unknown> = { ...sample.after };
  const order = Object.keys(FIELD_WORDS);
  const place = (field: string) => (order.includes(field) ? order.indexOf(field) : order.length);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
    .sort((a, b) => place(a.field) - place(b.field) || a.field.localeCompare(b.field));
}

/** Samples with those first that change other fields than all before them, so that the first few show each kind of change. */
export function variedFirst<T extends { before: object; after: object }>(samples: readonly T[]): T[] {
  const seen = new Set<string>();
  const isNew = (sample: T) => {
    const kind = fieldChanges(sample)
      .map(({ field }) => field)
      .join();
    return !seen.has(kind) && seen.add(kind) !== undefined;
  };
  const first = samples.filter(isNew);
  return [...first, ...samples.filter((sample) => !first.includes(sample))];
}

/** Kinds of change that happen at all, the most frequent first. */
export function changesOf(counts: ChangeCounts): { key: string; label: string; count: number }[] {
  const words: Record<string, string> = CHANGE_WORDS;
  const figures: Record<string, number> = { ...counts };
  return Object.keys(words)
    .map((key) => ({ key, label: words[key] ?? key, count: figures[key] ?? 0 }))
    .filter((change) => change.count > 0)
    .sort((a, b) => b.count - a.count);
}
