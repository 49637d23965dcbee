import { Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemState } from "../../ui/ProblemState";
import { type ShownRun, useRunsPlane } from "./plane";
import { RunProgress } from "./RunProgress";
import { RunStanding } from "./RunStanding";
import { RunTabs } from "./RunTabs";
import classes from "./run.module.css";
import { SpokenProgress } from "./SpokenProgress";
import { useLiveRun } from "./use-live-run";

interface Props {
  runId: number;
  /** Where the page belongs. */
  section: string;
  header: (run: ShownRun) => ReactNode;
  /** The way to all runs, where this one cannot be shown. */
  wayOut: ReactNode;
  /** Dialogs over the page. */
  dialogs?: (run: ShownRun) => ReactNode;
}

/** One run, followed live: how it stands, how far it is, and what happened in it. The page of each plane adds the rest. */
export function RunFollowed({ runId, section, header, wayOut, dialogs }: Props) {
  const { noun } = useRunsPlane();
  const { run, live, isInterrupted } = useLiveRun(runId);
  if (run.data === undefined) {
    return (
      <>
        <PageHeader section={section} title={`${noun} ${runId}`} lead={run.isError ? undefined : " "} />
        {run.isError ? (
          <Stack gap="sm" align="flex-start">
            <ProblemState error={run.error} onRetry={() => void run.refetch()} />
            {wayOut}
          </Stack>
        ) : (
          <RunSkeleton />
        )}
      </>
    );
  }
  return (
    <>
      {header(run.data)}
      <RunStanding run={run.data} isInterrupted={isInterrupted} />
      <RunProgress run={run.data} samples={live.samples} />
      <SpokenProgress run={run.data} />
      <RunTabs run={run.data} live={live} />
      {dialogs?.(run.data)}
    </>
  );
}

function RunSkeleton() {
  return (
    <div aria-busy="true" aria-live="polite">
      <Skeleton className={classes.progressSkeleton} />
      <Skeleton height={36} mb="md" />
      <Skeleton height={320} />
    </div>
  );
}
