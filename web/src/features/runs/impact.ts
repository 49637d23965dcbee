import type { Run } from "../../api/schema";
import { count, plural } from "../../lib/format";
import type { RunAction } from "./run-search";

type Counted = Pick<Run, "id" | "progress" | "summary_counts">;

/** What an action on a run means, before it is done. */
export interface Impact {
  title: string;
  /** What will be so, in sentences. */
  sentences: string[];
  /** Names the verb. */
  button: string;
}

/** Says what an action would do to this run, with its figures (WEB-02). */
export function impactOf(action: RunAction, run: Counted): Impact {
  const { targets_done: done, targets_total: total } = run.progress;
  const left = plural(total - done, "tenant");
  const standing = `${count(done)} of ${plural(total, "tenant")} ${done === 1 ? "is" : "are"} done`;
  const failed = run.summary_counts.failed;
  const name = `run ${run.id}`;
  const impacts: Record<RunAction, Impact> = {
    pause: {
      title: `Pause ${name}`,
      sentences: [
        `${standing} and stay so. ${left} wait until somebody resumes the run.`,
        "Workers finish the batch in hand first. Nothing that was done is undone.",
      ],
      button: `Pause ${name}`,
    },
    resume: {
      title: `Resume ${name}`,
      sentences: [`${standing}. ${left} go on where they stopped.`],
      button: `Resume ${name}`,
    },
    cancel: {
      title: `Cancel ${name}`,
      sentences: [
        `${standing} and stay so. ${left} are left undone. Those that nobody works on stop at once, the others after the batch in hand.`,
        "A cancelled run cannot go on. What it leaves needs a new run.",
      ],
      button: `Cancel ${name}`,
    },
    retry_failed: {
      title: `Retry the failed targets of ${name}`,
      sentences: [
        `A new run goes over ${plural(failed, "tenant")} that failed in this one. What was repaired already stays.`,
        "Tenants that are paused or gone by now are left out.",
      ],
      button: `Retry ${plural(failed, "tenant")}`,
    },
    acknowledge: {
      title: `Acknowledge the failure of ${name}`,
      sentences: [
        "The dashboard no longer counts this failure, for everybody. The run and its failed targets stay as they are.",
      ],
      button: `Acknowledge ${name}`,
    },
  };
  return impacts[action];
}
