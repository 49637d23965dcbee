import { Paper, Progress, Text, VisuallyHidden } from "@mantine/core";
import { useId } from "react";
import { count, percent } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import { runState } from "../../ui/RunStateBadge";
import { STATES } from "../../ui/states";
import type { ShownRun } from "./plane";
import { RunDuration } from "./RunDuration";
import classes from "./run.module.css";
import { ThroughputChart } from "./ThroughputChart";
import { hasPace, type Sample } from "./throughput";
import { progressParts, targetsParts } from "./work";

interface Props {
  run: ShownRun;
  samples: readonly Sample[];
}

/** How far a run is: the number, the bar, the figures, and the pace of the last minute. */
export function RunProgress({ run, samples }: Props) {
  const labelId = useId();
  const { summary_counts: counts, progress } = run;
  // A run that goes on keeps the chart's room from the start; one that is over has a last minute only if it was seen.
  const hasEnded = run.status === "completed";
  const hasChart = !hasEnded || hasPace(samples);
  // The part that was done is no failure, whatever became of the rest.
  const done = STATES[hasEnded && progress.targets_failed > 0 ? "succeeded" : runState(run)];
  return (
    <Paper component="section" aria-labelledby={labelId} withBorder p="md" mb="md">
      <div className={classes.line}>
        <VisuallyHidden component="h2" id={labelId}>
          Progress
        </VisuallyHidden>
        <Text span fz={20} fw={600} className={classes.percent}>
          {percent(progress.fraction)}
        </Text>
        <Text span c="dimmed">
          {progressParts(run).join(" · ")}
        </Text>
      </div>
      <Progress.Root size="lg" transitionDuration={300} mt={4} mb="sm">
        <Progress.Section
          value={progress.fraction * 100}
          color={done.color}
          aria-label="Progress of the run"
          aria-valuetext={progressParts(run).join(", ")}
        />
        {hasEnded && progress.targets_failed > 0 && (
          <Progress.Section value={(1 - progress.fraction) * 100} color={STATES.failed.color} withAria={false} />
        )}
      </Progress.Root>
      <div className={classes.below}>
        <dl className={classes.figures}>
          <Figure label="Updated" value={count(counts.updated)} />
          <Figure label="Skipped" value={count(counts.skipped)} />
          <Figure label="Tenants" value={targetsParts(run)} />
          <Figure label="Duration" value={<RunDuration run={run} />} />
        </dl>
        {hasChart && <ThroughputChart samples={samples} isActive={!hasEnded} />}
      </div>
    </Paper>
  );
}
