import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { count, plural } from "../../lib/format";
import { runState } from "../../ui/RunStateBadge";
import { STATES } from "../../ui/states";
import { type ShownRun, useRunsPlane } from "./plane";
import { spokenProgress } from "./work";

const EVERY_MILLISECONDS = 10_000;

/** Tells screen readers how far a run is: now and then while it goes on, at once when it ends, and nothing of old runs. */
export function SpokenProgress({ run }: { run: ShownRun }) {
  const { noun } = useRunsPlane();
  const [spoken, setSpoken] = useState("");
  const wasActive = useRef(run.status !== "completed");
  const latest = useRef(run);
  const hasEnded = run.status === "completed";
  useEffect(() => {
    latest.current = run;
  }, [run]);
  useEffect(() => {
    if (hasEnded) {
      if (wasActive.current) setSpoken(ending(noun, latest.current));
      return;
    }
    const timer = setInterval(() => setSpoken(spokenProgress(latest.current)), EVERY_MILLISECONDS);
    return () => clearInterval(timer);
  }, [hasEnded, noun]);
  return <VisuallyHidden role="status">{spoken}</VisuallyHidden>;
}

function ending(noun: string, run: ShownRun): string {
  const { updated, failed } = run.summary_counts;
  return `${noun} ${run.id} has ended. ${STATES[runState(run)].word}. ${count(updated)} updated, ${plural(failed, "target")} failed.`;
}
