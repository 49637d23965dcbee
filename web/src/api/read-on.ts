interface Answer<T> {
  items: T[];
  next_cursor?: string | null;
}

interface Page {
  /** Where it begins; absent: at the first row. */
  from?: string | undefined;
  /** Rows of a full page. */
  size: number;
  /** Answers that are asked for at most. */
  answers: number;
}

/**
 * Reads on until a page is full, the list is over, or so many answers were read. For lists whose answers have fewer rows than
 * asked for, or none, where few of those that were looked at pass the filters.
 */
export async function readOn<T>(
  { from, size, answers }: Page,
  read: (cursor: string | undefined, limit: number) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const items: T[] = [];
  let cursor = from;
  for (let answered = 0; answered < answers; answered++) {
    const answer = await read(cursor, size - items.length);
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
    if (!cursor || items.length >= size) break;
  }
  return { items, next_cursor: cursor ?? null };
}
