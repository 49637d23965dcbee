import { Table, Text } from "@mantine/core";
import { count, percent } from "../../lib/format";
import { RunStateBadge } from "../../ui/RunStateBadge";
import { Time } from "../../ui/Time";
import type { HeldRow } from "./held-rows";
import { type ShownRun, useRunsPlane } from "./plane";
import { scopeLabel } from "./queries";
import { RunDuration } from "./RunDuration";
import classes from "./runs.module.css";

interface Props {
  rows: HeldRow<ShownRun>[];
}

/** Runs as a table; columns have fixed widths, so that ticking values do not move anything. */
export function RunsTable({ rows }: Props) {
  const { name, noun, typeLabel } = useRunsPlane();
  const isSystem = name === "system";
  return (
    <Table.ScrollContainer minWidth={isSystem ? 1040 : 760} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table
        layout="fixed"
        verticalSpacing={6}
        highlightOnHover
        className={classes.table}
        aria-label={`${noun}s, newest first`}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" w={176}>
              State
            </Table.Th>
            <Table.Th scope="col" w={isSystem ? 72 : 112}>
              {noun}
            </Table.Th>
            <Table.Th scope="col" {...(isSystem && { w: "19%" })}>
              What
            </Table.Th>
            {isSystem && <Table.Th scope="col">Scope</Table.Th>}
            <Table.Th scope="col">Initiator</Table.Th>
            <Table.Th scope="col" w={84} ta="right">
              Updated
            </Table.Th>
            <Table.Th scope="col" w={64} ta="right">
              Failed
            </Table.Th>
            <Table.Th scope="col" w={124}>
              Created
            </Table.Th>
            <Table.Th scope="col" w={92} ta="right">
              Duration
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ row: run, leftAt }) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <RunStateCell run={run} isCurrent={leftAt === null} />
              </Table.Td>
              <Table.Th scope="row" fw={400}>
                <RunLink id={run.id} />
              </Table.Th>
              <Words text={typeLabel(run)} />
              {isSystem && <Words text={run.tenant ? `${scopeLabel(run)} · ${run.workspace.name}` : scopeLabel(run)} />}
              <Words text={run.initiator.name} />
              <Table.Td ta="right">{count(run.summary_counts.updated)}</Table.Td>
              <Table.Td ta="right">{count(run.summary_counts.failed)}</Table.Td>
              <Table.Td>
                <Time value={run.created_at} />
              </Table.Td>
              <Table.Td ta="right">
                <RunDuration run={run} leftAt={leftAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The way to a run. */
export function RunLink({ id }: { id: number }) {
  const { noun, RunAnchor } = useRunsPlane();
  return <RunAnchor runId={id}>{`${noun} ${id}`}</RunAnchor>;
}

/** State of a run in a list, with how far it is; says so when the list has lost sight of it. */
export function RunStateCell({ run, isCurrent }: { run: ShownRun; isCurrent: boolean }) {
  return (
    <span className={classes.state}>
      <RunStateBadge run={run} />
      {run.status !== "completed" && (
        <Text span size="xs" c="dimmed">
          {isCurrent ? percent(run.progress.fraction) : "when last seen"}
        </Text>
      )}
      {run.acknowledgement && (
        <Text span size="xs" c="dimmed" title={run.acknowledgement.note}>
          Acknowledged
        </Text>
      )}
    </span>
  );
}

/** Names may be long: they end in dots, and are whole for the pointer and for screen readers. */
function Words({ text }: { text: string }) {
  return (
    <Table.Td className={classes.words} title={text}>
      {text}
    </Table.Td>
  );
}
