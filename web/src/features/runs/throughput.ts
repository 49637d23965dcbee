/** How far a run was at a time. */
export interface Sample {
  /** Milliseconds. */
  at: number;
  done: number;
}

/** How far back the chart goes. */
export const WINDOW_SECONDS = 60;
/** Each bar is the mean over so long. */
const BAR_SECONDS = 2;
const WINDOW = WINDOW_SECONDS * 1_000;

/** Adds a sample and forgets what the window has left behind, but for one from which the first bar starts. */
export function addSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const oldest = sample.at - WINDOW;
  const kept = samples.filter((_, index) => (samples[index + 1]?.at ?? Number.POSITIVE_INFINITY) > oldest);
  return [...kept, sample];
}

/** Rows a second over the window, oldest first; null where nothing is known yet. */
export function throughput(samples: readonly Sample[], now: number): (number | null)[] {
  return Array.from({ length: WINDOW_SECONDS / BAR_SECONDS }, (_, index) => {
    const end = now - WINDOW + (index + 1) * BAR_SECONDS * 1_000;
    const before = doneAt(samples, end - BAR_SECONDS * 1_000);
    const after = doneAt(samples, end);
    // Rows of a target that failed are taken back; that is no work.
    return before === null || after === null ? null : Math.max(0, after - before) / BAR_SECONDS;
  });
}

/** Whether there are bars enough to show a pace: two, since a single one is no course. */
export function hasPace(samples: readonly Sample[]): boolean {
  const last = samples.at(-1);
  return last !== undefined && throughput(samples, last.at).filter((bar) => bar !== null).length >= 2;
}

/** Between two samples the work is taken to have gone on evenly; after the last nothing more is known to be done. */
function doneAt(samples: readonly Sample[], at: number): number | null {
  const next = samples.findIndex((sample) => sample.at >= at);
  const after = samples[next];
  const before = samples.at(next < 0 ? -1 : next - 1);
  if (next === 0) return after?.at === at ? after.done : null;
  if (!before) return null;
  if (!after) return before.done;
  return before.done + ((after.done - before.done) * (at - before.at)) / (after.at - before.at);
}
