import { Anchor, Box, Paper, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { api } from "../../api/client";
import type { FindingCount, Severity } from "../../api/schema";
import { count } from "../../lib/format";
import { ProblemState } from "../../ui/ProblemState";
import { SEVERITIES } from "../../ui/severities";
import classes from "./tenants.module.css";

type Filter = { overdue: "true" } | { status: "new" };

interface Props {
  tenantId: number;
  title: string;
  /** Said where there is nothing. */
  none: string;
  /** What is counted, as the list of findings is narrowed to it. */
  filter: Filter;
}

const REFRESH_MILLISECONDS = 60_000;

/** How many findings of each severity, each figure with the way to the list that it counts. */
export function SeverityFigures({ tenantId, title, none, filter }: Props) {
  const titleId = useId();
  const counts = useQuery(
    api.queryOptions(
      "get",
      "/api/v1/admin/tenants/{tenant}/findings/counts",
      { params: { path: { tenant: tenantId } } },
      { refetchInterval: REFRESH_MILLISECONDS },
    ),
  );
  const numberOf = (one: FindingCount) => ("overdue" in filter ? one.overdue : one.new);
  const isNone = counts.data?.items.every((one) => numberOf(one) === 0);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Title order={2} id={titleId} mb="xs">
        {title}
      </Title>
      {counts.isError && !counts.data ? (
        <ProblemState error={counts.error} onRetry={() => void counts.refetch()} />
      ) : (
        <dl className={classes.severities}>
          {SEVERITIES.map(({ value, label, color }) => (
            <Box key={value} style={{ "--severity": `var(--mantine-color-${color}-filled)` }}>
              <dt>{label}</dt>
              <dd>
                <Figure
                  tenantId={tenantId}
                  filter={filter}
                  severity={value}
                  number={counts.data?.items.filter(({ severity }) => severity === value).map(numberOf)[0]}
                />
              </dd>
            </Box>
          ))}
        </dl>
      )}
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
  /** Not known yet where it is missing. */
  number: number | undefined;
}

function Figure({ tenantId, filter, severity, number }: FigureProps) {
  if (number === undefined) return <Skeleton height={28} width={48} aria-busy="true" />;
  return (
    <Anchor
      inherit
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
