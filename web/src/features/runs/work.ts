import { count, percent, roughDuration } from "../../lib/format";
import type { ShownRun } from "./plane";
import { runContext } from "./run-context";

type Working = Pick<ShownRun, "status" | "context" | "progress" | "summary_counts">;

/** How many rows were looked at, of how many. */
export interface Work {
  done: number;
  expected: number;
}

/**
 * While a run is active, `processed` lags: the rows of a target that needed nothing are added when it ends. What workers
 * have looked at is the share that the API tells, of the forecast or of what the targets found, whichever is more.
 */
export function workOf({ status, context, progress, summary_counts }: Working): Work {
  if (status === "completed") return { done: summary_counts.processed, expected: summary_counts.total };
  const expected = Math.max(runContext(context).preflight?.total ?? 0, summary_counts.total);
  return { done: Math.round(progress.fraction * expected), expected };
}

/** Figures of a run in one line, for eyes and for screen readers: `128,000 of 200,000 findings · 41,200/s · …`. */
export function progressParts(run: Working): string[] {
  const { done, expected } = workOf(run);
  const { rows_per_second: rate, eta_seconds: eta } = run.progress;
  const parts = [`${count(done)} of ${count(expected)} findings`];
  if (rate) parts.push(run.status === "completed" ? `${count(rate)}/s on average` : `${count(rate)}/s`);
  if (eta !== null && eta !== undefined) parts.push(`${roughDuration(eta)} left`);
  return parts;
}

/** What a screen reader says now and then while a run goes on. */
export function spokenProgress(run: Working): string {
  return [percent(run.progress.fraction), ...progressParts(run)].join(", ");
}
