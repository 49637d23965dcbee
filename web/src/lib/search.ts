/**
 * Readers of search parameters. What is not understood is left out of the view instead of failing it: an address that
 * somebody shortened still opens.
 */

export type RawSearch = Record<string, unknown>;

/** A text that is not empty. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** A number of something: 1 or more. */
export function id(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** One of a closed set. */
export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** Some of a closed set, with commas between or as a list; those that are not in it are left out. */
export function someOf<T extends string>(value: unknown, allowed: readonly T[]): T[] | undefined {
  const words = typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : [];
  const known = allowed.filter((candidate) => words.includes(candidate));
  return known.length > 0 ? known : undefined;
}

/** Yes or no. */
export function flag(value: unknown): boolean | undefined {
  return value === true || value === "true" ? true : value === false || value === "false" ? false : undefined;
}

/** A time, as the API wants it: RFC 3339 in UTC, whatever form somebody typed that a browser can read. */
export function time(value: unknown): string | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  const isWritable = at >= Date.UTC(0, 0) && at <= Date.UTC(9999, 11, 31);
  return isWritable ? new Date(at).toISOString() : undefined;
}
