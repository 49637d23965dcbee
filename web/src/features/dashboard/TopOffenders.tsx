import { Anchor, Code, Paper, Table, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Offender, Window } from "../../api/schema";
import { count } from "../../lib/format";
import classes from "./dashboard.module.css";
import { wordsOf } from "./dashboard-search";
import { useHeld } from "./use-held";

/** Where most fails, with a bar beside each number. */
export function TopOffenders({ window, offenders }: { window: Window; offenders: Offender[] }) {
  const held = useHeld(offenders);
  const most = Math.max(1, ...held.value.map(({ failures }) => failures));
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="offenders">
      <Title order={2} id="offenders" mb="xs">
        Top offenders
      </Title>
      {held.value.length === 0 ? (
        <Text>No tenant failed in {wordsOf(window)}.</Text>
      ) : (
        <Table className={classes.table} aria-labelledby="offenders" {...held.handlers}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Tenant</Table.Th>
              <Table.Th scope="col">Type</Table.Th>
              <Table.Th scope="col" className={classes.number}>
                Failures
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {held.value.map((offender) => (
              <Table.Tr key={`${offender.type} ${offender.tenant?.id ?? "none"}`}>
                <Table.Td>
                  <Tenant offender={offender} />
                </Table.Td>
                <Table.Td>
                  <Code>{offender.type}</Code>
                </Table.Td>
                <Table.Td className={classes.number}>
                  {count(offender.failures)}
                  <span
                    className={classes.bar}
                    style={{ width: `${(offender.failures / most) * 100}%` }}
                    aria-hidden="true"
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

function Tenant({ offender: { tenant, type } }: { offender: Offender }) {
  if (!tenant) return "No single tenant";
  return (
    <Anchor
      underline="always"
      renderRoot={(props) => <Link to="/system/ops/runs" search={{ tenant_id: tenant.id, type }} {...props} />}
    >
      {tenant.name}
    </Anchor>
  );
}
