import { Anchor, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import type { RunTarget, TenantRef } from "../../api/schema";
import { count, percent, plural } from "../../lib/format";
import { StateBadge } from "../../ui/StateBadge";
import { Time } from "../../ui/Time";
import type { HeldRow } from "./held-rows";
import { useRunsPlane } from "./plane";
import { RunDuration } from "./RunDuration";
import classes from "./run.module.css";

interface Props {
  runId: number;
  rows: HeldRow<RunTarget>[];
  label: string;
}

/** Targets with what became of them; stacked where the screen is narrow. */
export function TargetsTable({ runId, rows, label }: Props) {
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  if (isPhone) return <TargetCards runId={runId} rows={rows} label={label} />;
  return (
    <Table.ScrollContainer minWidth={980} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table layout="fixed" verticalSpacing={6} className={classes.table} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Tenant</Table.Th>
            <Table.Th scope="col" w={156}>
              State
            </Table.Th>
            <Table.Th scope="col" w={76} ta="right">
              Attempt
            </Table.Th>
            <Table.Th scope="col" w={92} ta="right">
              Processed
            </Table.Th>
            <Table.Th scope="col" w={84} ta="right">
              Updated
            </Table.Th>
            <Table.Th scope="col" w="29%">
              Failure
            </Table.Th>
            <Table.Th scope="col" w={124}>
              Started
            </Table.Th>
            <Table.Th scope="col" w={96} ta="right">
              Duration
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ row: target, leftAt }) => (
            <Table.Tr key={target.id}>
              <Table.Th scope="row" fw={400}>
                <TenantLink tenant={target.tenant} />
              </Table.Th>
              <Table.Td>
                <TargetState target={target} isCurrent={leftAt === null} />
              </Table.Td>
              <Table.Td ta="right">{count(target.attempt)}</Table.Td>
              <Table.Td ta="right">{count(target.counts.processed)}</Table.Td>
              <Table.Td ta="right">{count(target.counts.updated)}</Table.Td>
              <Table.Td>
                <Remarks runId={runId} target={target} />
              </Table.Td>
              <Table.Td>{target.started_at ? <Time value={target.started_at} /> : "–"}</Table.Td>
              <Table.Td ta="right">
                <RunDuration run={target} leftAt={leftAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function TargetCards({ runId, rows, label }: Props) {
  return (
    <ul className={classes.list} aria-label={label}>
      {rows.map(({ row: target, leftAt }) => (
        <li key={target.id}>
          <TenantLink tenant={target.tenant} />
          <div>
            <TargetState target={target} isCurrent={leftAt === null} />
          </div>
          <Text size="sm">
            {count(target.counts.processed)} processed · {count(target.counts.updated)} updated · attempt{" "}
            {count(target.attempt)} · <RunDuration run={target} leftAt={leftAt} />
          </Text>
          <Remarks runId={runId} target={target} />
        </li>
      ))}
    </ul>
  );
}

/** Members are in the tenant already. */
function TenantLink({ tenant }: { tenant: TenantRef }) {
  if (useRunsPlane().name === "tenant") return tenant.name;
  return (
    <Anchor
      inherit
      title={`Runs of ${tenant.name}`}
      renderRoot={(props) => <Link to="/system/ops/runs" search={{ tenant_id: tenant.id }} {...props} />}
    >
      {tenant.name}
    </Anchor>
  );
}

function TargetState({ target, isCurrent }: { target: RunTarget; isCurrent: boolean }) {
  const share = target.counts.total === 0 ? "counting" : percent(target.fraction);
  const note = isCurrent ? share : "moved on";
  const isOpen = target.completed_at === null || target.completed_at === undefined;
  return (
    <>
      <StateBadge state={target.state} />{" "}
      {(isOpen && target.started_at) || !isCurrent ? (
        <Text span size="xs" c="dimmed">
          {note}
        </Text>
      ) : null}
    </>
  );
}

/** Why a target failed, with the way to what to do about it; and what it leaves for the next run. */
function Remarks({ runId, target }: { runId: number; target: RunTarget }) {
  const { RunAnchor } = useRunsPlane();
  const arrived = target.counts.arrived_during_run;
  return (
    <>
      {target.failure && (
        <Text size="sm">
          <RunAnchor runId={runId} search={{ tab: "failures" }} hash={target.failure.code} underline="always">
            {target.failure.code}
          </RunAnchor>{" "}
          {target.failure.message}
        </Text>
      )}
      {arrived > 0 && (
        <Text size="sm" c="dimmed">
          {plural(arrived, "row")} arrived meanwhile, left for the next run
        </Text>
      )}
    </>
  );
}
