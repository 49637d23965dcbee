import type { TelemetrySummary, TrendPoint } from "../../api/schema";
import { count } from "../../lib/format";

/** One of the six figures: its name, what it is and was, and how it went. What it was is null where that is not kept. */
export interface TelemetryFigure {
  label: string;
  value: number;
  before: number | null;
  of: (point: TrendPoint) => number;
}

/** Active workspaces first, then the five families in the order of the API. */
export function figuresOf(summary: TelemetrySummary): TelemetryFigure[] {
  const kept = (before: number) => (summary.previous_window.is_complete ? before : null);
  return [
    {
      label: "Active workspaces",
      value: summary.active_workspaces,
      before: kept(summary.previous_active_workspaces),
      of: (point) => point.active_workspaces,
    },
    ...summary.families.map((family) => ({
      label: family.label,
      value: family.count,
      before: kept(family.previous_count),
      of: (point: TrendPoint) => point.counts[family.event_name] ?? 0,
    })),
  ];
}

/** `+2`, `−3`, that it is as before, or that nobody can tell. */
export function change(value: number, before: number | null): string {
  if (before === null) return "Before: not kept";
  if (value === before) return "as before";
  return `${value > before ? "+" : "−"}${count(Math.abs(value - before))} (${count(before)} before)`;
}

const HOUR = 3_600_000;
const clock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** How far apart the points are, in words. */
export function stepOf(trend: readonly TrendPoint[]): string {
  const [first, second] = trend.map((point) => Date.parse(point.bucket_start));
  const step = first === undefined || second === undefined ? 0 : second - first;
  if (step > HOUR) return "day";
  return step === HOUR ? "hour" : "five minutes";
}

/** Where a point begins: the day, or the time on it, in UTC as the points are cut. */
export function pointTime(point: TrendPoint, step: string): string {
  return (step === "day" ? day : clock).format(new Date(point.bucket_start));
}
