import { Anchor, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DashboardHealth, HealthReason } from "../../api/schema";
import { StateBadge } from "../../ui/StateBadge";
import classes from "./dashboard.module.css";
import type { RunsLink } from "./dashboard-search";

interface Props {
  health: DashboardHealth;
  /** Beginning of the window that the reasons speak of. */
  since: string;
}

/** Tells if all is well, and if not, what is wrong: in the API's own sentences, the worst first, each with the way to it. */
export function HealthPanel({ health, since }: Props) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="health">
      <Stack gap="xs">
        <Group gap="sm">
          <Title order={2} id="health">
            Health
          </Title>
          <span role="status">
            <StateBadge state={health.state} />
          </span>
        </Group>
        {health.reasons.length === 0 ? (
          <Text>All clear: a worker is online, no run needs attention, and alerts go out.</Text>
        ) : (
          <ul className={classes.plain}>
            {health.reasons.map((reason) => (
              <li key={reason.code}>
                <Text fw={reason.state === "failing" ? 600 : 400}>
                  {reason.message} <Way reason={reason} since={since} />
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Paper>
  );
}

/** Leads to what a reason is about. */
function Way({ reason: { code }, since }: { reason: HealthReason; since: string }) {
  switch (code) {
    case "unacknowledged_failures":
      return <Runs search={{ outcome: ["failed", "blocked"], acknowledged: false, completed_after: since }} />;
    case "partial_successes":
      return <Runs search={{ outcome: ["partially_succeeded"], acknowledged: false, completed_after: since }} />;
    case "stale_runs":
    case "held_runs":
      return <Runs search={{ status: "active" }} />;
    case "overdue_deliveries":
      return <Open>{(props) => <Link to="/system/settings/alerts/deliveries" {...props} />}</Open>;
    default:
      return null;
  }
}

function Runs({ search }: { search: RunsLink }) {
  return <Open>{(props) => <Link to="/system/ops/runs" search={search} {...props} />}</Open>;
}

function Open({ children }: { children: (props: Record<string, unknown>) => ReactNode }) {
  return (
    <Anchor inherit underline="always" renderRoot={children}>
      Open
    </Anchor>
  );
}
