import { Anchor, Button, Group, Select, Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AlertDelivery } from "../../api/schema";
import { plural } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { KeysetPager } from "../../ui/KeysetPager";
import { QueryState } from "../../ui/QueryState";
import { StateBadge } from "../../ui/StateBadge";
import { STATES } from "../../ui/states";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/toast";
import { AlertsHeader } from "./AlertsHeader";
import classes from "./alerts.module.css";
import { DELIVERY_STATES, type DeliveriesSearch } from "./alerts-search";
import { deliveriesQuery, destinationsQuery, eventsQuery, lookAgain, rulesQuery } from "./queries";

const PAGE = "/system/settings/alerts/deliveries";
const route = getRouteApi(PAGE);

/** What was sent, what was not, and why (ALR-01). */
export function DeliveriesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const deliveries = useQuery({ ...deliveriesQuery(search), placeholderData: keepPreviousData });
  const filter = (change: Partial<DeliveriesSearch>) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...change }) });
  const { cursor, ...filters } = search;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <>
      <AlertsHeader title="Deliveries" lead="Each dispatch of an alert: what became of it, and why." />
      <Filters search={search} onChange={filter} />
      <QueryState query={deliveries} skeleton={<Skeleton h={320} />}>
        {({ items, next_cursor }) => (
          <div aria-busy={deliveries.isPlaceholderData}>
            {items.length === 0 ? (
              <EmptyState title={isFiltered ? "No delivery matches" : "Nothing was sent yet"}>
                {isFiltered && (
                  <Anchor renderRoot={(props) => <Link to={PAGE} search={{}} {...props} />}>Show all deliveries</Anchor>
                )}
              </EmptyState>
            ) : (
              <ul className={classes.deliveries} aria-label="Deliveries, newest first">
                {items.map((delivery) => (
                  <Delivery key={delivery.id} delivery={delivery} />
                ))}
              </ul>
            )}
            <KeysetPager
              isDeep={cursor !== undefined}
              nextCursor={next_cursor}
              onNewest={() => filter({})}
              onOlder={(older) => void navigate({ search: (before) => ({ ...before, cursor: older }) })}
            />
          </div>
        )}
      </QueryState>
    </>
  );
}

interface FilterProps {
  search: DeliveriesSearch;
  onChange: (change: Partial<DeliveriesSearch>) => void;
}

function Filters({ search, onChange }: FilterProps) {
  const events = useQuery(eventsQuery());
  const rules = useQuery(rulesQuery());
  const destinations = useQuery(destinationsQuery());
  const named = (items: { id: number; name: string }[] | undefined, chosen: number | undefined, noun: string) => {
    const known = (items ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
    const isKnown = chosen === undefined || known.some(({ value }) => value === String(chosen));
    return isKnown ? known : [...known, { value: String(chosen), label: `${noun} ${chosen}` }];
  };
  return (
    <search className={classes.filters} aria-label="Filters">
      <Choice
        label="State"
        data={DELIVERY_STATES.map((value) => ({ value, label: STATES[value].word }))}
        value={search.state}
        onChange={(value) => onChange({ state: DELIVERY_STATES.find((state) => state === value) })}
      />
      <Choice
        label="Event"
        data={(events.data?.items ?? []).map(({ id, label }) => ({ value: id, label }))}
        value={search.event}
        onChange={(event) => onChange({ event: event ?? undefined })}
      />
      <Choice
        label="Rule"
        data={named(rules.data?.items, search.rule_id, "Rule")}
        value={search.rule_id?.toString()}
        onChange={(value) => onChange({ rule_id: value ? Number(value) : undefined })}
      />
      <Choice
        label="Destination"
        data={named(destinations.data?.items, search.destination_id, "Destination")}
        value={search.destination_id?.toString()}
        onChange={(value) => onChange({ destination_id: value ? Number(value) : undefined })}
      />
    </search>
  );
}

interface ChoiceProps {
  label: string;
  data: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | null) => void;
}

function Choice({ value, ...props }: ChoiceProps) {
  return (
    <Select
      {...props}
      placeholder="Any"
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      value={value ?? null}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
    />
  );
}

function Delivery({ delivery }: { delivery: AlertDelivery }) {
  const status = delivery.response_status ? ` (status ${delivery.response_status})` : "";
  return (
    <li aria-label={`Delivery ${delivery.id}`}>
      <Stack gap={4}>
        <Group gap="xs">
          <StateBadge state={delivery.state} />
          <StateBadge state={delivery.severity} />
          <Text fw={600} className={classes.title}>
            {delivery.title}
          </Text>
        </Group>
        {delivery.reason && (
          <Text>
            {delivery.reason.message}
            {status}
          </Text>
        )}
        <Text c="dimmed" size="sm">
          To {delivery.destination_name}
          {delivery.rule_name ? `, by the rule ${delivery.rule_name}` : ""}, <Time value={delivery.created_at} />
          {delivery.attempts > 0 && `, ${plural(delivery.attempts, "attempt")}`}
          {delivery.next_attempt_at && (
            <>
              , next <Time value={delivery.next_attempt_at} />
            </>
          )}
        </Text>
        <Group gap="xs">
          {delivery.run_id && (
            <Anchor
              renderRoot={(props) => (
                <Link to="/system/ops/runs/$runId" params={{ runId: String(delivery.run_id) }} {...props} />
              )}
            >
              Run {delivery.run_id}
            </Anchor>
          )}
          {delivery.state === "failed" && <Retry delivery={delivery} />}
        </Group>
      </Stack>
    </li>
  );
}

function Retry({ delivery }: { delivery: AlertDelivery }) {
  const queries = useQueryClient();
  const retry = api.useMutation("post", "/api/v1/system/alerts/deliveries/{id}/retry", {
    onSuccess: () => {
      toast("Retry asked for", `${delivery.destination_name} is tried again now.`);
      lookAgain(queries);
    },
    onError: (error) => {
      toast("Not retried", asProblem(error).detail);
      lookAgain(queries);
    },
  });
  return (
    <Button
      variant="default"
      size="xs"
      loading={retry.isPending}
      disabled={delivery.destination_id === null}
      aria-label={`Retry delivery ${delivery.id}`}
      onClick={() => retry.mutate({ params: { path: { id: delivery.id } } })}
    >
      Retry
    </Button>
  );
}
