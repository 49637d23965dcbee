import type { Run } from "../../api/schema";
import { elapsed, useNow } from "../../lib/time";

type Timed = Pick<Run, "started_at" | "completed_at">;

interface Props {
  run: Timed;
  /** Since when nothing is known of it: it may have ended, so its duration does not go on. */
  leftAt?: number | null;
}

/** How long a run took, or takes so far. */
export function RunDuration({ run, leftAt = null }: Props) {
  if (!run.started_at) return <span title="Not started">–</span>;
  if (run.completed_at) return elapsed(run.started_at, run.completed_at, new Date(run.completed_at));
  if (leftAt !== null) return elapsed(run.started_at, null, new Date(leftAt));
  return <Ticking from={run.started_at} />;
}

function Ticking({ from }: { from: string }) {
  return elapsed(from, null, useNow(1_000));
}
