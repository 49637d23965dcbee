import { Anchor, Box, Paper, Skeleton, Text, Title } from "@mantine/core";
import { queryOptions, useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { FINDINGS, readFindings } from "../../api/findings";
import type { Severity } from "../../api/schema";
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

/** The API counts no findings, so as many are asked for, and more than that is said to be more. */
const COUNTED = 100;
const REFRESH_MILLISECONDS = 60_000;

/** How many findings of each severity, each figure with the way to the list that it counts. */
export function SeverityFigures({ tenantId, title, none, filter }: Props) {
  const titleId = useId();
  const counts = useQueries({
    queries: SEVERITIES.map(({ value }) => ({
      ...countQuery(tenantId, filter, value),
      refetchInterval: REFRESH_MILLISECONDS,
    })),
  });
  const failed = counts.find(({ isError, data }) => isError && !data);
  const isNone = counts.every(({ data }) => data?.items.length === 0);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Title order={2} id={titleId} mb="xs">
        {title}
      </Title>
      {failed ? (
        <ProblemState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : (
        <dl className={classes.severities}>
          {SEVERITIES.map(({ value, label, color }, place) => (
            <Box key={value} style={{ "--severity": `var(--mantine-color-${color}-filled)` }}>
              <dt>{label}</dt>
              <dd>
                <Figure tenantId={tenantId} filter={filter} severity={value} page={counts[place]?.data} />
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
  page: { items: unknown[]; next_cursor?: string | null } | undefined;
}

function Figure({ tenantId, filter, severity, page }: FigureProps) {
  if (!page) return <Skeleton height={28} width={48} aria-busy="true" />;
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
      {count(page.items.length)}
      {page.next_cursor ? "+" : ""}
    </Anchor>
  );
}

function countQuery(tenant: number, filter: Filter, severity: Severity) {
  const narrowed = { ...("overdue" in filter ? { overdue: true } : filter), severity };
  return queryOptions({
    queryKey: ["get", FINDINGS, tenant, narrowed, COUNTED],
    queryFn: ({ signal }) =>
      readFindings(tenant, narrowed, { size: COUNTED, answers: Number.POSITIVE_INFINITY }, signal),
  });
}
