import { Anchor, Skeleton, Stack } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { id } from "../../lib/search";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemState } from "../../ui/ProblemState";
import { RunDialogs } from "./RunDialogs";
import { RunHeader } from "./RunHeader";
import { RunProgress } from "./RunProgress";
import { RunStanding } from "./RunStanding";
import { RunTabs } from "./RunTabs";
import classes from "./run.module.css";
import { SpokenProgress } from "./SpokenProgress";
import { useLiveRun } from "./use-live-run";

const route = getRouteApi("/system/ops/runs/$runId");

/** One run: how it stands, what may be done with it, and what happened in it. */
export function RunPage() {
  const { runId } = route.useParams();
  const number = id(runId);
  if (number !== undefined) return <KnownRun key={number} runId={number} />;
  return (
    <>
      <PageHeader section="Ops / Runs" title="Run" />
      <EmptyState title="Runs are numbered">
        “{runId}” is not the number of a run. <AllRuns />
      </EmptyState>
    </>
  );
}

function KnownRun({ runId }: { runId: number }) {
  const { run, live, isInterrupted } = useLiveRun(runId);
  if (run.data === undefined) {
    return (
      <>
        <PageHeader section="Ops / Runs" title={`Run ${runId}`} lead={run.isError ? undefined : " "} />
        {run.isError ? (
          <Stack gap="sm" align="flex-start">
            <ProblemState error={run.error} onRetry={() => void run.refetch()} />
            <AllRuns />
          </Stack>
        ) : (
          <RunSkeleton />
        )}
      </>
    );
  }
  return (
    <>
      <RunHeader run={run.data} />
      <RunStanding run={run.data} isInterrupted={isInterrupted} />
      <RunProgress run={run.data} samples={live.samples} />
      <SpokenProgress run={run.data} />
      <RunTabs run={run.data} live={live} />
      <RunDialogs run={run.data} />
    </>
  );
}

function AllRuns() {
  return (
    <Anchor underline="always" renderRoot={(props) => <Link to="/system/ops/runs" {...props} />}>
      All runs
    </Anchor>
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
