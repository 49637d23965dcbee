import { count, words } from "../../lib/format";

/** Longest text that is shown whole. */
const LONGEST = 240;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
const KEY = /^[a-z]+(?:_[a-z]+)*$/;

/** How a value of a sampled finding is shown. */
export type Shown = { kind: "none" } | { kind: "time"; at: Date } | { kind: "text"; text: string };

/** Reads a value of which only the JSON type is known: times become readable, keys words, long texts short. */
export function shownValue(value: unknown): Shown {
  if (value === null || value === undefined || value === "") return { kind: "none" };
  if (typeof value === "number") return { kind: "text", text: String(value) };
  if (typeof value !== "string") return { kind: "text", text: short(JSON.stringify(value)) };
  if (TIME.test(value) && !Number.isNaN(Date.parse(value))) return { kind: "time", at: new Date(value) };
  return { kind: "text", text: KEY.test(value) ? words(value) : short(value) };
}

function short(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}… (${count(text.length)} characters)`;
}
