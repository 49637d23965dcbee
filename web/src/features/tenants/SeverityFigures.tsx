import { Anchor, Box, Paper, Skeleton, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import type { FindingCount, FindingsSummary, Severity } from "../../api/schema";
import { count } from "../../lib/format";
import { SEVERITIES } from "../../ui/severities";
import classes from "./tenants.module.css";

type Filter = { overdue: "true" } | { status: "new" };

interface Props {
  tenantId: number;
  title: string;
  /** Said where there is nothing. */
  none: string;
  /** Narrows the list of findings to those that are counted. */
  filter: Filter;
  /** Not known yet where it is missing. */
  summary: FindingsSummary | undefined;
}

/** Findings of each severity, each figure with the way to the list that it counts. */
export function SeverityFigures({ tenantId, title, none, filter, summary }: Props) {
  const titleId = useId();
  const numberOf = (one: FindingCount) => ("overdue" in filter ? one.overdue : one.new);
  const isNone = summary?.items.every((one) => numberOf(one) === 0);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Title order={2} id={titleId} mb="xs">
        {title}
      </Title>
      <dl className={classes.severities}>
        {SEVERITIES.map(({ value, label, color }) => (
          <Box key={value} style={{ "--severity": `var(--mantine-color-${color}-filled)` }}>
            <dt>{label}</dt>
            <dd>
              <Figure
                tenantId={tenantId}
                filter={filter}
                severity={value}
                number={summary?.items.filter(({ severity }) => severity === value).map(numberOf)[0]}
              />
            </dd>
          </Box>
        ))}
      </dl>
      <Text size="sm" c="dimmed" mt="xs" mih={20}>
        {isNone && none}
      </Text>
    </Paper>
  );
}

interface FigureProps {
  tenantId: number;
  filter: Filter;
  severity: Severity;
  number: number | undefined;
}

function Figure({ tenantId, filter, severity, number }: FigureProps) {
  if (number === undefined) return <Skeleton height={28} width={48} aria-busy="true" />;
  return (
    <Anchor
      inherit
      {...(number === 0 && { c: "dimmed" })}
      renderRoot={(props) => (
        <Link
          to="/admin/tenants/$tenantId/findings"
          params={{ tenantId: String(tenantId) }}
          search={{ ...filter, severity }}
          {...props}
        />
      )}
    >
      {count(number)}
    </Anchor>
  );
}
