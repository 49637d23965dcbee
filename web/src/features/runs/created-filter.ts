import { clockTime } from "../../lib/time";

/** Spans that are asked for most. */
export const SPANS = [
  { label: "Last hour", hours: 1 },
  { label: "Last 24 hours", hours: 24 },
  { label: "Last 7 days", hours: 24 * 7 },
  { label: "Last 30 days", hours: 24 * 30 },
] as const;

/** When a span began, to the minute: an exact time, so that whoever opens the address sees the same runs. */
export function startOfSpan(hours: number, now: Date): string {
  const start = new Date(now.getTime() - hours * 3_600_000);
  start.setSeconds(0, 0);
  return start.toISOString();
}

/** A time of an address for an input of the reader's own zone. */
export function toInput(time: string | undefined): string {
  if (!time) return "";
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What was put into such an input, as a time of an address. */
export function fromInput(value: string): string | undefined {
  const at = new Date(value);
  return value === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The filter in words. */
export function createdLabel(after: string | undefined, before: string | undefined, now: Date): string {
  const from = after && clockTime(new Date(after), now);
  const to = before && clockTime(new Date(before), now);
  if (from && to) return `${from} to ${to}`;
  if (from) return `Since ${from}`;
  return to ? `Before ${to}` : "Any time";
}
