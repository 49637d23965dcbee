import { Anchor, Code, Paper, Table, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RecentFailure, Window } from "../../api/schema";
import { RunStateBadge } from "../../ui/RunStateBadge";
import { Time } from "../../ui/Time";
import classes from "./dashboard.module.css";
import { wordsOf } from "./dashboard-search";
import { useHeld } from "./use-held";

/** The runs that failed last, and with what. */
export function RecentFailures({ window, failures }: { window: Window; failures: RecentFailure[] }) {
  const held = useHeld(failures);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="failures">
      <Title order={2} id="failures" mb="xs">
        Recent failures
      </Title>
      {held.value.length === 0 ? (
        <Text>No run failed in {wordsOf(window)}.</Text>
      ) : (
        <Table className={classes.table} aria-labelledby="failures" {...held.handlers}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Run</Table.Th>
              <Table.Th scope="col">State</Table.Th>
              <Table.Th scope="col">What</Table.Th>
              <Table.Th scope="col">When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {held.value.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

function Row({ run }: { run: RecentFailure }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          underline="always"
          renderRoot={(props) => <Link to="/system/ops/runs/$runId" params={{ runId: String(run.id) }} {...props} />}
        >
          Run {run.id}
        </Anchor>
        <Text size="xs" c="dimmed">
          {run.tenant?.name ?? "All tenants"}
        </Text>
      </Table.Td>
      <Table.Td className={classes.state}>
        <RunStateBadge run={run} />
        {run.acknowledged && (
          <Text size="xs" c="dimmed">
            Acknowledged
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {run.message ?? "No failure of a tenant was recorded."}
        {run.code && (
          <div>
            <Code>{run.code}</Code>
          </div>
        )}
      </Table.Td>
      <Table.Td>{run.completed_at ? <Time value={run.completed_at} /> : "–"}</Table.Td>
    </Table.Tr>
  );
}
