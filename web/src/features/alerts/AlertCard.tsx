import { Button, Group, Paper, Stack, Switch, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { plural } from "../../lib/format";
import { Facts } from "../../ui/Facts";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import classes from "./alerts.module.css";
import { DeliveriesLink } from "./DeliveriesLink";
import { lookAgain } from "./queries";

const ADDRESSES = {
  rule: {
    page: "/system/settings/alerts/rules",
    item: "/api/v1/system/alerts/rules/{id}",
    test: "/api/v1/system/alerts/rules/{id}/test",
    preposition: "by",
  },
  destination: {
    page: "/system/settings/alerts/destinations",
    item: "/api/v1/system/alerts/destinations/{id}",
    test: "/api/v1/system/alerts/destinations/{id}/test",
    preposition: "to",
  },
} as const;

interface CardProps {
  noun: keyof typeof ADDRESSES;
  item: { id: number; name: string; enabled: boolean };
  /** Whether a test has somewhere to go. */
  canBeTested?: boolean;
  deliveriesLabel: string;
  /** What it is, as facts. */
  children: ReactNode;
}

/** A rule or a destination: what it is, whether it is in use, and what can be done with it. */
export function AlertCard({ noun, item, canBeTested = true, deliveriesLabel, children }: CardProps) {
  const titleId = `${noun}-${item.id}`;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={2} id={titleId} className={classes.title}>
            {item.name}
          </Title>
          <Enabled noun={noun} item={item} />
        </Group>
        <Facts>{children}</Facts>
        <Group gap="xs">
          <SendTest noun={noun} item={item} isDisabled={!canBeTested} />
          {(["edit", "remove"] as const).map((dialog) => (
            <Button
              key={dialog}
              variant="default"
              size="xs"
              aria-label={`${dialog === "edit" ? "Change" : "Remove"} ${item.name}…`}
              renderRoot={(props) => (
                <Link to={ADDRESSES[noun].page} search={{ dialog, id: item.id }} resetScroll={false} {...props} />
              )}
            >
              {dialog === "edit" ? "Change…" : "Remove…"}
            </Button>
          ))}
          <DeliveriesLink search={deliveriesOf(noun, item.id)} label={deliveriesLabel} />
        </Group>
      </Stack>
    </Paper>
  );
}

type PartProps = Pick<CardProps, "noun" | "item">;

function deliveriesOf(noun: PartProps["noun"], id: number) {
  return noun === "rule" ? { rule_id: id } : { destination_id: id };
}

function Enabled({ noun, item }: PartProps) {
  const queries = useQueryClient();
  const update = api.useMutation("patch", ADDRESSES[noun].item, {
    onSuccess: () => lookAgain(queries),
    onError: (error) => toast("Not done", asProblem(error).detail),
  });
  return (
    <Switch
      label="Enabled"
      aria-label={`${item.name} enabled`}
      checked={item.enabled}
      disabled={update.isPending}
      onChange={(event) =>
        update.mutate({ params: { path: { id: item.id } }, body: { enabled: event.currentTarget.checked } })
      }
    />
  );
}

function SendTest({ noun, item, isDisabled }: PartProps & { isDisabled: boolean }) {
  const queries = useQueryClient();
  const key = useIdempotencyKey();
  const test = api.useMutation("post", ADDRESSES[noun].test, {
    onSuccess: (sent) => {
      key.forget();
      toast(
        "Test asked for",
        <>
          {"items" in sent && `${plural(sent.items.length, "delivery", "deliveries")} on the way. `}
          <DeliveriesLink search={deliveriesOf(noun, item.id)} label="See what becomes of it" isInline />
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
      disabled={isDisabled}
      aria-label={`Send a test ${ADDRESSES[noun].preposition} ${item.name}`}
      onClick={() => test.mutate({ params: { path: { id: item.id }, header: { "Idempotency-Key": key.of(item.id) } } })}
    >
      Send test
    </Button>
  );
}
