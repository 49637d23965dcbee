/** One page of a list, as the API answers it. */
export interface FreshPage<T> {
  items: T[];
  next_cursor?: string | null;
}

/** A row that stays where it is. */
export interface HeldRow<T> {
  row: T;
  /** Milliseconds; since then answers do not have it any more, and this is what it was. Null: it is as it is now. */
  leftAt: number | null;
}

/** Rows in the places in which they were first shown. */
export interface HeldPage<T> {
  /** Which filters and page these rows belong to. */
  view: string;
  source: FreshPage<T>;
  rows: HeldRow<T>[];
  nextCursor: string | null;
  /** Rows that are known but not shown yet. */
  waiting: number;
}

/** Takes a fresh answer into rows that are shown: values change in place, and what is new waits to be asked for. */
export function hold<T extends { id: number }>(
  before: HeldPage<T> | null,
  view: string,
  source: FreshPage<T>,
  at: number,
): HeldPage<T> {
  if (before?.view !== view) {
    const rows = source.items.map((row) => ({ row, leftAt: null }));
    return { view, source, rows, nextCursor: source.next_cursor ?? null, waiting: 0 };
  }
  const fresh = new Map(source.items.map((row) => [row.id, row]));
  const rows = before.rows.map(({ row, leftAt }) => {
    const now = fresh.get(row.id);
    return now ? { row: now, leftAt: null } : { row, leftAt: leftAt ?? at };
  });
  const shown = new Set(rows.map(({ row }) => row.id));
  const waiting = source.items.filter((row) => !shown.has(row.id) && isNew(row.id, before)).length;
  return { ...before, source, rows, waiting };
}

/** How many rows do not belong to the list any more; those that new ones only push to the next page still do. */
export function goneFrom<T extends { id: number }>({ rows, source }: HeldPage<T>): number {
  const first = source.items[0]?.id;
  const last = source.items.at(-1)?.id;
  return rows.filter(({ row, leftAt }) => {
    if (leftAt === null) return false;
    if (!source.next_cursor || first === undefined || last === undefined) return true;
    return first < last ? row.id < last : row.id > last;
  }).length;
}

/** Behind the last row of a page that has a next one, rows only move up because others left. */
function isNew<T extends { id: number }>(id: number, { rows, nextCursor }: HeldPage<T>): boolean {
  const first = rows[0]?.row.id;
  const last = rows.at(-1)?.row.id;
  if (nextCursor === null || first === undefined || last === undefined) return true;
  return first < last ? id < last : id > last;
}
