import { Code, Stack, Text, Title } from "@mantine/core";
import type { FailureSummary, RunTarget } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { failureAdvice } from "./failure-codes";
import { type ShownRun, useRunsPlane } from "./plane";
import classes from "./run.module.css";

const NAMED = 200;
const SHOWN = 5;

/** Why targets of a run failed, by kind: what happened, what to do, and whom it concerns (RUN-07). */
export function FailuresTab({ run }: { run: ShownRun }) {
  const { failed } = run.summary_counts;
  const targets = useRunsPlane().useTargets(run.id, { state: "failed", limit: NAMED }, { enabled: failed > 0 });
  if (failed === 0) return <EmptyState title="No target failed" />;
  if (run.failure_summary.length === 0) {
    return (
      <EmptyState title={`${plural(failed, "target")} failed so far`}>
        The kinds of failure are put together when the run ends.{" "}
        <FailedTargets runId={run.id}>See the targets</FailedTargets>
      </EmptyState>
    );
  }
  return (
    <ul className={classes.list} aria-label="Kinds of failure">
      {run.failure_summary.map((failure) => (
        <li key={`${failure.code} ${failure.tenant_id} ${failure.message}`} id={failure.code}>
          <Kind runId={run.id} failure={failure} targets={targets.data?.items ?? []} />
        </li>
      ))}
    </ul>
  );
}

interface KindProps {
  runId: number;
  failure: FailureSummary;
  targets: RunTarget[];
}

function Kind({ runId, failure, targets }: KindProps) {
  // What to do about it is work of operators.
  const advice = useRunsPlane().name === "system" ? failureAdvice(failure.code) : null;
  const named = targets.filter(
    ({ tenant, failure: found }) =>
      found?.code === failure.code && (failure.tenant_id === undefined || failure.tenant_id === tenant.id),
  );
  const shown = named.slice(0, SHOWN);
  return (
    <Stack gap={4} maw={860}>
      <Title order={2} fz="md">
        {plural(failure.count, "target")} · <Code fz="md">{failure.code}</Code>
      </Title>
      <Text>{failure.message}</Text>
      {advice && (
        <Text>
          <b>What to do:</b> {advice}
        </Text>
      )}
      <Text size="sm" mih={20}>
        {shown.map(({ tenant }) => tenant.name).join(", ")}
        {failure.count > shown.length && shown.length > 0 && ` and ${count(failure.count - shown.length)} more`}
        {shown.length > 0 && " · "}
        <FailedTargets runId={runId}>Show failed targets</FailedTargets>
      </Text>
    </Stack>
  );
}

function FailedTargets({ runId, children }: { runId: number; children: string }) {
  const { RunAnchor } = useRunsPlane();
  return (
    <RunAnchor runId={runId} search={{ state: "failed" }} resetScroll={false} underline="always">
      {children}
    </RunAnchor>
  );
}
