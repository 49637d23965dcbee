import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { AlertRule } from "../../api/schema";
import { plural } from "../../lib/format";
import { AlertCard } from "./AlertCard";
import { eventsQuery } from "./queries";
import { cooldownInWords, quietInWords, SEVERITIES } from "./words";

/** One rule and what it says. */
export function RuleCard({ rule }: { rule: AlertRule }) {
  const events = useQuery(eventsQuery());
  const labelOf = (id: string) => events.data?.items.find((event) => event.id === id)?.label ?? id;
  const destinations = rule.destinations.map((destination) => destination.name).join(", ");
  return (
    <AlertCard
      noun="rule"
      item={rule}
      canBeTested={rule.destinations.length > 0}
      deliveriesLabel={`Deliveries of ${rule.name}`}
    >
      <dt>Events</dt>
      <dd>{rule.events.map(labelOf).join(", ")}</dd>
      <dt>Severity</dt>
      <dd>{SEVERITIES[rule.minimum_severity]}</dd>
      <dt>About</dt>
      <dd>
        {rule.operation_types.length > 0 ? rule.operation_types.join(", ") : "All operations"},{" "}
        {rule.workspace_ids.length > 0 ? plural(rule.workspace_ids.length, "workspace") : "all workspaces"}
      </dd>
      <dt>Goes to</dt>
      <dd>{destinations || <Text c="var(--mantine-color-error)">Nowhere: its destinations were removed</Text>}</dd>
      <dt>Cooldown</dt>
      <dd>{cooldownInWords(rule.cooldown_seconds)}</dd>
      <dt>Quiet hours</dt>
      <dd>{quietInWords(rule.quiet_hours)}</dd>
    </AlertCard>
  );
}
