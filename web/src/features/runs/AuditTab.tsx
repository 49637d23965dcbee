import { Button, Code, Group, Skeleton, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client";
import type { AuditEvent } from "../../api/schema";
import { words } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { KeysetPager } from "../../ui/KeysetPager";
import { QueryState } from "../../ui/QueryState";
import { Time } from "../../ui/Time";
import { Fact } from "./ContextTab";
import classes from "./run.module.css";

const route = getRouteApi("/system/ops/runs/$runId");

/** Who did what with a run, newest first. */
export function AuditTab({ runId }: { runId: number }) {
  const { cursor, event: opened } = route.useSearch();
  const navigate = route.useNavigate();
  const events = useQuery({
    ...api.queryOptions("get", "/api/v1/system/ops/runs/{id}/audit", {
      params: { path: { id: runId }, query: cursor ? { cursor } : {} },
    }),
    placeholderData: keepPreviousData,
  });
  const goTo = (next: string | undefined) =>
    void navigate({ search: (now) => ({ ...now, cursor: next, event: undefined }) });
  return (
    <QueryState query={events} skeleton={<Skeleton height={240} />}>
      {({ items, next_cursor }) => (
        <>
          {items.length === 0 && <EmptyState title="Nothing was recorded about this run" />}
          <ul className={classes.list} aria-label="Audit trail, newest first" aria-busy={events.isPlaceholderData}>
            {items.map((event) => (
              <li key={event.id}>
                <Event
                  event={event}
                  isOpen={opened === event.id}
                  onToggle={(isOpen) =>
                    void navigate({
                      search: (now) => ({ ...now, event: isOpen ? event.id : undefined }),
                      replace: true,
                      resetScroll: false,
                    })
                  }
                />
              </li>
            ))}
          </ul>
          <KeysetPager
            isDeep={cursor !== undefined}
            nextCursor={next_cursor}
            onNewest={() => goTo(undefined)}
            onOlder={goTo}
          />
        </>
      )}
    </QueryState>
  );
}

interface EventProps {
  event: AuditEvent;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

function Event({ event, isOpen, onToggle }: EventProps) {
  const facts = Object.entries(event.metadata);
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div>
          <Text>{event.summary}</Text>
          <Text size="sm" c="dimmed">
            {event.actor.label} · <Time value={event.recorded_at} /> · {event.label}
            {event.outcome !== "success" && ` · ${words(event.outcome)}`}
          </Text>
        </div>
        {facts.length > 0 && (
          <Button
            variant="default"
            size="xs"
            style={{ flexShrink: 0 }}
            aria-expanded={isOpen}
            aria-label={`Details of ${event.label}`}
            onClick={() => onToggle(!isOpen)}
          >
            Details
          </Button>
        )}
      </Group>
      {isOpen && (
        <dl className={`${classes.facts} ${classes.opened}`}>
          {facts.map(([key, value]) => (
            <Fact key={key} name={words(key)}>
              <Value value={value} />
            </Fact>
          ))}
        </dl>
      )}
    </>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null) return "–";
  if (typeof value === "object") return <Code>{JSON.stringify(value)}</Code>;
  return String(value);
}
