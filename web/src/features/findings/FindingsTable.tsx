import { Anchor, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import type { Finding } from "../../api/schema";
import { useTenant } from "../../api/tenant";
import { SeverityBadge } from "../../ui/SeverityBadge";
import { Time } from "../../ui/Time";
import { Due } from "./Due";
import { statusWord, typeWords } from "./finding-words";
import classes from "./findings.module.css";
import { Unobserved } from "./Unobserved";

interface Props {
  findings: Finding[];
}

const LABEL = "Findings, newest first";

/** Findings with severity, status, age and due date at a glance; stacked where the screen is narrow. */
export function FindingsTable({ findings }: Props) {
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  if (isPhone) return <FindingCards findings={findings} />;
  return (
    <Table.ScrollContainer minWidth={960} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table layout="fixed" verticalSpacing={6} highlightOnHover className={classes.table} aria-label={LABEL}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" w={148}>
              Severity
            </Table.Th>
            <Table.Th scope="col">Finding</Table.Th>
            <Table.Th scope="col" w={124}>
              Status
            </Table.Th>
            <Table.Th scope="col" w={152}>
              Type
            </Table.Th>
            <Table.Th scope="col" w={124}>
              First seen
            </Table.Th>
            <Table.Th scope="col" w={216}>
              Due
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {findings.map((finding) => (
            <Table.Tr key={finding.id}>
              <Table.Td>
                <SeverityBadge severity={finding.severity} />
              </Table.Td>
              <Table.Th scope="row" fw={400}>
                <FindingLink finding={finding} />
                <Text size="xs" c="dimmed" className={classes.words} title={finding.resource}>
                  {finding.source} · {finding.check_id} · {finding.resource}
                </Text>
                <Unobserved finding={finding} />
              </Table.Th>
              <Table.Td>{statusWord(finding.status)}</Table.Td>
              <Table.Td>{typeWords(finding.type)}</Table.Td>
              <Table.Td>
                <Age finding={finding} />
              </Table.Td>
              <Table.Td>
                <Due finding={finding} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function FindingCards({ findings }: Props) {
  return (
    <ul className={classes.cards} aria-label={LABEL}>
      {findings.map((finding) => (
        <li key={finding.id}>
          <SeverityBadge severity={finding.severity} /> <Text span>{statusWord(finding.status)}</Text>
          <div>
            <FindingLink finding={finding} />
          </div>
          <Unobserved finding={finding} />
          <Text size="sm">
            Due: <Due finding={finding} />
          </Text>
          <Text size="sm" c="dimmed">
            {typeWords(finding.type)} · first seen <Age finding={finding} />
          </Text>
        </li>
      ))}
    </ul>
  );
}

function Age({ finding: { first_seen_at: at } }: { finding: Finding }) {
  return at ? <Time value={at} /> : <>Not known</>;
}

function FindingLink({ finding }: { finding: Finding }) {
  const tenant = useTenant();
  return (
    <Anchor
      className={classes.words}
      display="block"
      title={finding.title}
      renderRoot={(props) => (
        <Link
          to="/admin/tenants/$tenantId/findings/$findingId"
          params={{ tenantId: String(tenant.id), findingId: String(finding.id) }}
          {...props}
        />
      )}
    >
      {finding.title}
    </Anchor>
  );
}
