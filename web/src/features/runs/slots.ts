/** Puts what runs now into the places of before, so that a row stays in its place for as long as it runs. */
export function fillSlots<T extends { id: number }>(
  before: readonly (T | null)[],
  running: readonly T[],
): (T | null)[] {
  const now = new Map(running.map((item) => [item.id, item]));
  const kept = before.map((item) => {
    const still = item && now.get(item.id);
    if (still) now.delete(still.id);
    return still ?? null;
  });
  const rest = [...now.values()];
  const filled = kept.map((item) => item ?? rest.shift() ?? null);
  return [...filled, ...rest];
}
