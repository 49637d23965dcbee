import { Group, Text } from "@mantine/core";
import { count } from "../../lib/format";
import { Time } from "../../ui/Time";
import type { HeldRow } from "./held-rows";
import { type ShownRun, useRunsPlane } from "./plane";
import { scopeLabel } from "./queries";
import { RunDuration } from "./RunDuration";
import { RunLink, RunStateCell } from "./RunsTable";
import classes from "./runs.module.css";

interface Props {
  rows: HeldRow<ShownRun>[];
}

/** Runs one below the other, for narrow screens. */
export function RunCards({ rows }: Props) {
  const { name, noun, typeLabel } = useRunsPlane();
  return (
    <ul className={classes.cards} aria-label={`${noun}s, newest first`}>
      {rows.map(({ row: run, leftAt }) => (
        <li key={run.id} className={classes.card}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <RunLink id={run.id} />
            <RunStateCell run={run} isCurrent={leftAt === null} />
          </Group>
          <Text fw={500}>{typeLabel(run)}</Text>
          <Text c="dimmed" size="sm">
            {name === "system" && `${scopeLabel(run)} · ${run.workspace.name} · `}
            {run.initiator.name}
          </Text>
          <Text size="sm">
            {count(run.summary_counts.updated)} updated · {count(run.summary_counts.failed)} failed ·{" "}
            <Time value={run.created_at} /> · <RunDuration run={run} leftAt={leftAt} />
          </Text>
        </li>
      ))}
    </ul>
  );
}
