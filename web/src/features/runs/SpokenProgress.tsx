import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Run } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { runState } from "../../ui/RunStateBadge";
import { STATES } from "../../ui/states";
import { spokenProgress } from "./work";

const EVERY_MILLISECONDS = 10_000;

/** Tells screen readers how far a run is: now and then while it goes on, at once when it ends, and nothing of old runs. */
export function SpokenProgress({ run }: { run: Run }) {
  const [spoken, setSpoken] = useState("");
  const wasActive = useRef(run.status !== "completed");
  const latest = useRef(run);
  const hasEnded = run.status === "completed";
  useEffect(() => {
    latest.current = run;
  }, [run]);
  useEffect(() => {
    if (hasEnded) {
      if (wasActive.current) setSpoken(ending(latest.current));
      return;
    }
    const timer = setInterval(() => setSpoken(spokenProgress(latest.current)), EVERY_MILLISECONDS);
    return () => clearInterval(timer);
  }, [hasEnded]);
  return <VisuallyHidden role="status">{spoken}</VisuallyHidden>;
}

function ending(run: Run): string {
  const { updated, failed } = run.summary_counts;
  return `Run ${run.id} has ended. ${STATES[runState(run)].word}. ${count(updated)} updated, ${plural(failed, "target")} failed.`;
}
