import type { Run, RunRef } from "../api/schema";
import { StateBadge } from "./StateBadge";
import type { State } from "./states";

type Shown = Pick<RunRef, "status" | "outcome"> & Partial<Pick<Run, "paused_at" | "stale" | "held_reason">>;

/** How a run stands, in one word: the outcome when it ended, else what keeps it from going on, else its status. */
export function runState(run: Shown): State {
  if (run.status === "completed") return run.outcome === "pending" ? "failed" : run.outcome;
  if (run.paused_at) return "paused";
  if (run.held_reason) return "held";
  if (run.stale) return "stale";
  return run.status;
}

/** State of a run as icon and word. */
export function RunStateBadge({ run }: { run: Shown }) {
  return <StateBadge state={runState(run)} />;
}
