import { expect, test } from "vitest";
import type { Run } from "../../api/schema";
import { progressParts, workOf } from "./work";

const counts = { total: 0, processed: 0, updated: 0, skipped: 0, failed: 0, tenants: 40 };
const progress = { targets_total: 40, targets_done: 26, targets_failed: 0, fraction: 0.64 };
const active = { status: "running" as const, context: {}, progress, summary_counts: counts };
const forecast: Pick<Run, "context"> = { context: JSON.parse('{"preflight":{"total_count":200000}}') };

test("an active run has looked at its share of the forecast, whatever is processed", () => {
  expect(workOf({ ...active, ...forecast })).toEqual({ done: 128_000, expected: 200_000 });
});

test("a run without a forecast counts on what its targets found", () => {
  expect(workOf({ ...active, summary_counts: { ...counts, total: 1_000 } })).toEqual({ done: 640, expected: 1_000 });
});

test("a run that has ended shows what it processed", () => {
  const ended = { ...active, status: "completed" as const, summary_counts: { ...counts, total: 900, processed: 890 } };
  expect(workOf(ended)).toEqual({ done: 890, expected: 900 });
});

test("rate and time left are said only where the API knows them", () => {
  expect(progressParts({ ...active, ...forecast })).toEqual(["128,000 of 200,000 findings"]);
  const known = { ...progress, rows_per_second: 41_200.4, eta_seconds: 2.2 };
  expect(progressParts({ ...active, ...forecast, progress: known })).toEqual([
    "128,000 of 200,000 findings",
    "41,200/s",
    "about 2 seconds left",
  ]);
});
