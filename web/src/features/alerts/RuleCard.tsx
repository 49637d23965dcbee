import { Button, Group, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AlertRule } from "../../api/schema";
import { plural } from "../../lib/format";
import { Facts } from "../../ui/Facts";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import classes from "./alerts.module.css";
import { DeliveriesLink } from "./DeliveriesLink";
import { eventsQuery, lookAgain } from "./queries";
import { cooldownInWords, quietInWords, SEVERITIES } from "./words";

/** One rule: what it says, whether it is in use, and what can be done with it. */
export function RuleCard({ rule }: { rule: AlertRule }) {
  const titleId = `rule-${rule.id}`;
  const events = useQuery(eventsQuery());
  const labelOf = (id: string) => events.data?.items.find((event) => event.id === id)?.label ?? id;
  const destinations = rule.destinations.map((destination) => destination.name).join(", ");
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={2} id={titleId} className={classes.title}>
            {rule.name}
          </Title>
          <Enabled rule={rule} />
        </Group>
        <Facts>
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
        </Facts>
        <Group gap="xs">
          <SendTest rule={rule} />
          <RuleLink rule={rule} dialog="edit" word="Change…" />
          <RuleLink rule={rule} dialog="remove" word="Remove…" />
          <DeliveriesLink search={{ rule_id: rule.id }} label={`Deliveries of ${rule.name}`} />
        </Group>
      </Stack>
    </Paper>
  );
}

function Enabled({ rule }: { rule: AlertRule }) {
  const queries = useQueryClient();
  const update = api.useMutation("patch", "/api/v1/system/alerts/rules/{id}", {
    onSuccess: () => lookAgain(queries),
    onError: (error) => toast("Not done", asProblem(error).detail),
  });
  return (
    <Switch
      label="Enabled"
      aria-label={`${rule.name} enabled`}
      checked={rule.enabled}
      disabled={update.isPending}
      onChange={(event) =>
        update.mutate({ params: { path: { id: rule.id } }, body: { enabled: event.currentTarget.checked } })
      }
    />
  );
}

function SendTest({ rule }: { rule: AlertRule }) {
  const queries = useQueryClient();
  const key = useIdempotencyKey();
  const test = api.useMutation("post", "/api/v1/system/alerts/rules/{id}/test", {
    onSuccess: ({ items }) => {
      key.forget();
      toast(
        "Test asked for",
        <>
          {plural(items.length, "delivery", "deliveries")} on the way.{" "}
          <DeliveriesLink search={{ rule_id: rule.id }} label="See what becomes of it" isInline />
        </>,
      );
      lookAgain(queries);
    },
    onError: (error) => toast("Test not sent", asProblem(error).detail),
  });
  return (
    <Button
      variant="default"
      size="xs"
      loading={test.isPending}
      disabled={rule.destinations.length === 0}
      aria-label={`Send a test by ${rule.name}`}
      onClick={() => test.mutate({ params: { path: { id: rule.id }, header: { "Idempotency-Key": key.of(rule.id) } } })}
    >
      Send test
    </Button>
  );
}

function RuleLink({ rule, dialog, word }: { rule: AlertRule; dialog: "edit" | "remove"; word: string }) {
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={`${word.replace("…", "")} ${rule.name}…`}
      renderRoot={(props) => (
        <Link to="/system/settings/alerts/rules" search={{ dialog, id: rule.id }} resetScroll={false} {...props} />
      )}
    >
      {word}
    </Button>
  );
}
