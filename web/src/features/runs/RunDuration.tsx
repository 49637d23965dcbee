import type { Run } from "../../api/schema";
import { elapsed, useNow } from "../../lib/time";

type Timed = Pick<Run, "started_at" | "completed_at">;

/** How long a run took, or takes so far. */
export function RunDuration({ run }: { run: Timed }) {
  if (!run.started_at) return <span title="Not started">–</span>;
  if (run.completed_at) return elapsed(run.started_at, run.completed_at, new Date(run.completed_at));
  return <Ticking from={run.started_at} />;
}

function Ticking({ from }: { from: string }) {
  return elapsed(from, null, useNow(1_000));
}
