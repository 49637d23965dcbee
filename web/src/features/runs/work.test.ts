import { expect, test } from "vitest";
import { progressParts, targetsParts } from "./work";

const progress = {
  targets_total: 52,
  targets_done: 26,
  targets_succeeded: 26,
  targets_failed: 0,
  targets_cancelled: 0,
  rows_total: 200_000,
  rows_done: 128_000,
  fraction: 0.64,
};
const running = {
  status: "running" as const,
  started_at: "2026-11-30T08:00:00Z",
  paused_at: null,
  held_reason: null,
  stale: false,
  progress,
};

test("pace and time left are said where the API knows them, and estimated until then", () => {
  expect(progressParts(running)).toEqual(["128,000 of 200,000 findings", "estimating the pace"]);
  const known = { ...progress, rows_per_second: 41_200.4, eta_seconds: 2.2 };
  expect(progressParts({ ...running, progress: known })).toEqual([
    "128,000 of 200,000 findings",
    "41,200/s",
    "about 2 seconds left",
  ]);
});

test("nothing is said of the pace of a run that nobody works on", () => {
  for (const change of [{ paused_at: "2026-11-30T08:01:00Z" }, { held_reason: "lock_waits" }, { stale: true }]) {
    expect(progressParts({ ...running, ...change })).toEqual(["128,000 of 200,000 findings"]);
  }
});

test("before the total is known a run counts, and does not stand at 0 of 0", () => {
  const unknown = { ...progress, rows_total: 0, rows_done: 0, fraction: 0 };
  expect(progressParts({ ...running, progress: unknown })).toEqual(["Counting findings"]);
  expect(progressParts({ ...running, status: "queued", started_at: null, progress: unknown })).toEqual(["Not started"]);
});

test("a run that ended says what it did not process and where", () => {
  const partial = {
    ...progress,
    targets_done: 52,
    targets_succeeded: 50,
    targets_failed: 2,
    rows_total: 260_000,
    rows_done: 249_837,
  };
  const ended = { ...running, status: "completed" as const, progress: partial };
  expect(progressParts(ended)).toEqual(["249,837 of 260,000 findings", "10,163 not processed in 2 failed tenants"]);
  expect(targetsParts(ended)).toBe("50 succeeded, 2 failed of 52");
  const cancelled = { ...partial, targets_succeeded: 49, targets_cancelled: 1, rows_per_second: 900 };
  expect(progressParts({ ...ended, progress: cancelled })).toEqual([
    "249,837 of 260,000 findings",
    "10,163 not processed in 2 failed tenants and 1 cancelled tenant",
    "900/s on average",
  ]);
  expect(targetsParts({ progress: cancelled })).toBe("49 succeeded, 2 failed, 1 cancelled of 52");
});
