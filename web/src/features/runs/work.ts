import { count, percent, plural, roughDuration } from "../../lib/format";
import type { ShownRun } from "./plane";

type Working = Pick<ShownRun, "status" | "progress" | "paused_at" | "held_reason" | "stale" | "started_at">;

/** Figures of a run in one line, for eyes and for screen readers: `128,000 of 200,000 findings · 41,200/s · …`. */
export function progressParts(run: Working): string[] {
  const { rows_done: done, rows_total: total, rows_per_second: rate, eta_seconds: eta } = run.progress;
  const hasEnded = run.status === "completed";
  if (total === 0 && !hasEnded) return [run.started_at ? "Counting findings" : "Not started"];
  const parts = [`${count(done)} of ${count(total)} findings`];
  if (hasEnded && done < total) parts.push(notProcessed(run));
  const isWorkedOn = run.status === "running" && !run.paused_at && !run.held_reason && !run.stale;
  if (rate !== null && rate !== undefined) parts.push(hasEnded ? `${count(rate)}/s on average` : `${count(rate)}/s`);
  else if (isWorkedOn) parts.push("estimating the pace");
  if (eta !== null && eta !== undefined) parts.push(`${roughDuration(eta)} left`);
  return parts;
}

/** `10,163 not processed in 2 failed tenants`; after a cancel, what was left undone as well. */
function notProcessed({ progress }: Pick<Working, "progress">): string {
  const { targets_failed: failed, targets_cancelled: cancelled } = progress;
  const where = [
    failed > 0 ? plural(failed, "failed tenant") : "",
    cancelled > 0 ? plural(cancelled, "cancelled tenant") : "",
  ].filter(Boolean);
  const left = `${count(progress.rows_total - progress.rows_done)} not processed`;
  return where.length > 0 ? `${left} in ${where.join(" and ")}` : left;
}

/** `50 succeeded, 2 failed of 52`: ended targets by their state. */
export function targetsParts({ progress }: Pick<Working, "progress">): string {
  const { targets_succeeded: succeeded, targets_failed: failed, targets_cancelled: cancelled } = progress;
  const ended = [`${count(succeeded)} succeeded`];
  if (failed > 0) ended.push(`${count(failed)} failed`);
  if (cancelled > 0) ended.push(`${count(cancelled)} cancelled`);
  return `${ended.join(", ")} of ${count(progress.targets_total)}`;
}

/** What a screen reader says now and then while a run goes on. */
export function spokenProgress(run: Working): string {
  return [percent(run.progress.fraction), ...progressParts(run)].join(", ");
}
