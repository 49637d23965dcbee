import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { DashboardHealth } from "../../api/schema";
import { StateBadge } from "../../ui/StateBadge";
import classes from "./dashboard.module.css";

/** Whether all is well, and if not, why not: in the API's own sentences, the worst first. */
export function HealthPanel({ health }: { health: DashboardHealth }) {
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
          <Text>Nothing is wrong: a worker is alive, no run needs anybody, and alerts go out.</Text>
        ) : (
          <ul className={classes.plain}>
            {health.reasons.map((reason) => (
              <li key={reason.code}>
                <Group gap="sm" wrap="nowrap" align="flex-start">
                  <StateBadge state={reason.state} />
                  <Text>{reason.message}</Text>
                </Group>
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Paper>
  );
}
