import { expect, test } from "vitest";
import type { TelemetrySummary } from "../../api/schema";
import { change, figuresOf, pointTime, stepOf } from "./telemetry";

const STARTED = "product.operations.started";
const point = (bucket_start: string, active_workspaces: number, started: number) => ({
  bucket_start,
  active_workspaces,
  counts: { [STARTED]: started },
});
const summary: TelemetrySummary = {
  window: { start_at: "2026-11-01T10:30:00Z", end_at: "2026-11-02T10:30:00Z" },
  previous_window: { start_at: "2026-10-31T10:30:00Z", end_at: "2026-11-01T10:30:00Z", is_complete: true },
  active_workspaces: 2,
  previous_active_workspaces: 1,
  total_events: 5,
  families: [
    { event_name: STARTED, feature_area: "operations", label: "Operations started", count: 5, previous_count: 1_204 },
  ],
  trend: [point("2026-11-01T10:00:00Z", 1, 2), point("2026-11-01T11:00:00Z", 2, 3)],
};

test("active workspaces come first, and every figure knows how it went", () => {
  const [active, started] = figuresOf(summary);
  expect([active?.label, active?.value, summary.trend.map((one) => active?.of(one))]).toEqual([
    "Active workspaces",
    2,
    [1, 2],
  ]);
  expect([started?.label, started?.value, summary.trend.map((one) => started?.of(one))]).toEqual([
    "Operations started",
    5,
    [2, 3],
  ]);
});

test("a change is said with what was before", () => {
  expect(change(3, 1)).toBe("+2 (1 before)");
  expect(change(5, 1_204)).toBe("−1,199 (1,204 before)");
  expect(change(0, 0)).toBe("as before");
});

test("where the window before is not kept, no change is said", () => {
  expect(figuresOf(summary).map(({ before }) => before)).toEqual([1, 1_204]);
  const cut = { ...summary, previous_window: { ...summary.previous_window, is_complete: false } };
  const figures = figuresOf(cut);
  expect(figures.map(({ value }) => value)).toEqual([2, 5]);
  expect(figures.map(({ value, before }) => change(value, before))).toEqual(["Before: not kept", "Before: not kept"]);
});

test("points are told apart by the day or by the time on it, in UTC", () => {
  expect(stepOf(summary.trend)).toBe("hour");
  expect(pointTime(point("2026-11-01T10:00:00Z", 0, 0), "hour")).toBe("1 Nov, 10:00");
  const days = [point("2026-11-01T00:00:00Z", 0, 0), point("2026-11-02T00:00:00Z", 0, 0)];
  expect(stepOf(days)).toBe("day");
  expect(days.map((one) => pointTime(one, "day"))).toEqual(["Sun 1 Nov", "Mon 2 Nov"]);
  expect(stepOf([point("2026-11-01T10:00:00Z", 0, 0), point("2026-11-01T10:05:00Z", 0, 0)])).toBe("five minutes");
});
