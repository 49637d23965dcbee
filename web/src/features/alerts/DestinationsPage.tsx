import { Button, Group, Paper, Skeleton, Stack, Switch, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AlertDestination } from "../../api/schema";
import { EmptyState } from "../../ui/EmptyState";
import { Facts } from "../../ui/Facts";
import { QueryState } from "../../ui/QueryState";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { AlertDialogs } from "./AlertDialogs";
import { AlertsHeader } from "./AlertsHeader";
import classes from "./alerts.module.css";
import { DeliveriesLink } from "./DeliveriesLink";
import { EditDestination, NewDestination } from "./DestinationForms";
import { destinationsQuery, lookAgain } from "./queries";
import { RemoveForm } from "./RemoveForm";
import { KINDS } from "./words";

const PAGE = "/system/settings/alerts/destinations";
const route = getRouteApi(PAGE);

/** Where alerts go (ALR-01). */
export function DestinationsPage() {
  const destinations = useQuery(destinationsQuery());
  const { id } = route.useSearch();
  const destination = destinations.data?.items.find((one) => one.id === id);
  return (
    <>
      <AlertsHeader
        title="Destinations"
        lead="Where alerts go: channels, programs, people. Secrets are kept encrypted and never shown."
        actions={
          <Button renderRoot={(props) => <Link to={PAGE} search={{ dialog: "new" }} resetScroll={false} {...props} />}>
            New destination…
          </Button>
        }
      />
      <QueryState query={destinations} skeleton={<Skeleton h={200} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No destination yet">Make one, send a test, and name it in a rule.</EmptyState>
          ) : (
            <div className={classes.cards}>
              {items.map((each) => (
                <DestinationCard key={each.id} destination={each} />
              ))}
            </div>
          )
        }
      </QueryState>
      <AlertDialogs
        page={PAGE}
        titles={{
          new: "New destination",
          edit: "Change destination",
          remove: `Remove ${destination?.name ?? "destination"}?`,
        }}
      >
        {{
          new: (form) => <NewDestination {...form} />,
          edit: (form, about) => <EditDestination {...form} id={about} />,
          remove: (form, about) => (
            <RemoveForm {...form} noun="destination" id={about} sentence={removal(destination)} />
          ),
        }}
      </AlertDialogs>
    </>
  );
}

function removal(destination: AlertDestination | undefined): string {
  const rules = destination?.rule_names ?? [];
  const users = rules.length > 0 ? ` These rules lose it: ${rules.join(", ")}.` : "";
  return `What was still to be sent there is not.${users}`;
}

function DestinationCard({ destination }: { destination: AlertDestination }) {
  const titleId = `destination-${destination.id}`;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={2} id={titleId} className={classes.title}>
            {destination.name}
          </Title>
          <Enabled destination={destination} />
        </Group>
        <Facts>
          <dt>Kind</dt>
          <dd>{KINDS[destination.kind].label}</dd>
          <dt>Address</dt>
          <dd>{destination.address}</dd>
          <dt>Secret</dt>
          <dd>{destination.has_secret ? "Set" : "None"}</dd>
          <dt>Used by</dt>
          <dd>{destination.rule_names.join(", ") || "No rule"}</dd>
        </Facts>
        <Group gap="xs">
          <SendTest destination={destination} />
          {(["edit", "remove"] as const).map((dialog) => (
            <Button
              key={dialog}
              variant="default"
              size="xs"
              aria-label={`${dialog === "edit" ? "Change" : "Remove"} ${destination.name}…`}
              renderRoot={(props) => (
                <Link to={PAGE} search={{ dialog, id: destination.id }} resetScroll={false} {...props} />
              )}
            >
              {dialog === "edit" ? "Change…" : "Remove…"}
            </Button>
          ))}
          <DeliveriesLink search={{ destination_id: destination.id }} label={`Deliveries to ${destination.name}`} />
        </Group>
      </Stack>
    </Paper>
  );
}

function Enabled({ destination }: { destination: AlertDestination }) {
  const queries = useQueryClient();
  const update = api.useMutation("patch", "/api/v1/system/alerts/destinations/{id}", {
    onSuccess: () => lookAgain(queries),
    onError: (error) => toast("Not done", asProblem(error).detail),
  });
  return (
    <Switch
      label="Enabled"
      aria-label={`${destination.name} enabled`}
      checked={destination.enabled}
      disabled={update.isPending}
      onChange={(event) =>
        update.mutate({ params: { path: { id: destination.id } }, body: { enabled: event.currentTarget.checked } })
      }
    />
  );
}

function SendTest({ destination }: { destination: AlertDestination }) {
  const queries = useQueryClient();
  const key = useIdempotencyKey();
  const test = api.useMutation("post", "/api/v1/system/alerts/destinations/{id}/test", {
    onSuccess: () => {
      key.forget();
      toast(
        "Test asked for",
        <DeliveriesLink search={{ destination_id: destination.id }} label="See what becomes of it" isInline />,
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
      aria-label={`Send a test to ${destination.name}`}
      onClick={() =>
        test.mutate({ params: { path: { id: destination.id }, header: { "Idempotency-Key": key.of(destination.id) } } })
      }
    >
      Send test
    </Button>
  );
}
