import { Anchor, Code, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import type { Runbook } from "../../api/schema";
import { roughDuration } from "../../lib/format";
import { DecisionSentence } from "../../ui/DecisionSentence";
import { StateBadge } from "../../ui/StateBadge";
import { PausedBy } from "./PausedBy";
import { RunbookPanel } from "./RunbookPanel";
import { ActiveRun, LastRun } from "./RunbookRuns";
import classes from "./Runbooks.module.css";

/** One runbook: what it does, who may, how its control and its runs stand, and, when open, its preflight and start. */
export function RunbookCard({ runbook, isOpen }: { runbook: Runbook; isOpen: boolean }) {
  const titleId = useId();
  const isPaused = runbook.control.effective_state === "paused";
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Stack gap="md">
        <Stack gap={4}>
          <Group justify="space-between" align="flex-start" gap="sm">
            <Title order={2} id={titleId}>
              {runbook.label}
            </Title>
            <StateBadge state={isPaused ? "paused" : "enabled"} />
          </Group>
          <Text maw={760}>{runbook.description}</Text>
        </Stack>
        <dl className={classes.facts}>
          <Fact label="Control" className={isPaused ? classes.wide : undefined}>
            <DecisionSentence decision={runbook.control} />
            {isPaused && <PausedBy decision={runbook.control} />}
          </Fact>
          <Fact label="Active run" className={classes.run}>
            <ActiveRun run={runbook.active_run ?? null} />
          </Fact>
          <Fact label="Last run" className={classes.run}>
            <LastRun run={runbook.last_run ?? null} />
          </Fact>
          {runbook.usual_pace && (
            <Fact label="Usually takes">{roughDuration(runbook.estimated_duration_seconds)} over all tenants</Fact>
          )}
          <Fact label="Who may start it" className={classes.wide}>
            Operators who may run runbooks and hold <Code className={classes.code}>{runbook.capability}</Code>
          </Fact>
        </dl>
        {isOpen ? (
          <RunbookPanel runbook={runbook} />
        ) : (
          <Anchor
            renderRoot={(props) => <Link to="/system/ops/runbooks" search={{ runbook: runbook.key }} {...props} />}
          >
            Open {runbook.label}
          </Anchor>
        )}
      </Stack>
    </Paper>
  );
}

interface FactProps {
  label: string;
  className?: string | undefined;
  children: ReactNode;
}

function Fact({ label, className, children }: FactProps) {
  return (
    <div className={className}>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <dd>{children}</dd>
    </div>
  );
}
