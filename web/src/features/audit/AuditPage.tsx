import { Anchor, Button, Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AuditActor } from "../../api/schema";
import { EmptyState } from "../../ui/EmptyState";
import { EventList } from "../../ui/EventList";
import { KeysetPager } from "../../ui/KeysetPager";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { AuditFilters } from "./AuditFilters";
import { choiceOf } from "./actors";
import { type AuditSearch, countFilters, queryOf } from "./audit-search";

const route = getRouteApi("/system/audit");

/** Who did what, when, with which result; every filter in the address (WEB-01, WEB-03). */
export function AuditPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [now, setNow] = useState(() => new Date());
  const query = useMemo(() => queryOf(search, now), [search, now]);
  const events = useQuery({
    ...api.queryOptions("get", "/api/v1/system/audit-logs", { params: { query } }),
    placeholderData: keepPreviousData,
    // Rows do not move while they are read.
    refetchOnWindowFocus: false,
  });
  const isForbidden = events.isError && asProblem(events.error).status === 403;

  /** Another filter begins at the newest event again. */
  function filter(change: Partial<AuditSearch>) {
    setNow(new Date());
    void navigate({ search: (before) => ({ ...before, cursor: undefined, event: undefined, ...change }) });
  }

  function showNewest() {
    filter({});
    void events.refetch();
  }

  const open = (event: number | undefined) =>
    void navigate({ search: (before) => ({ ...before, event }), replace: true, resetScroll: false });

  return (
    <>
      <PageHeader
        title="Audit"
        lead="Who did what, when, with which result. Nothing here is ever changed or removed."
        actions={
          <Button variant="default" onClick={showNewest}>
            Refresh
          </Button>
        }
      />
      {!isForbidden && <AuditFilters search={search} events={events.data?.items ?? []} onChange={filter} />}
      <QueryState query={events} skeleton={<RowsSkeleton />}>
        {({ items, next_cursor }) => (
          <div aria-busy={events.isPlaceholderData}>
            {items.length === 0 ? (
              <Empty isFiltered={countFilters(search) > 0} />
            ) : (
              <EventList
                label="Events, newest first"
                events={items}
                openId={search.event}
                onOpen={open}
                actor={(who) => <ActorLink who={who} />}
              />
            )}
            <KeysetPager
              isDeep={search.cursor !== undefined}
              nextCursor={next_cursor}
              onNewest={() => filter({})}
              onOlder={(cursor) => void navigate({ search: (before) => ({ ...before, cursor, event: undefined }) })}
            />
          </div>
        )}
      </QueryState>
    </>
  );
}

/** Narrows the list to what this actor did. */
function ActorLink({ who }: { who: AuditActor }) {
  const choice = choiceOf(who);
  if (!choice) return who.label;
  return (
    <Anchor
      inherit
      underline="always"
      renderRoot={(props) => (
        <Link
          from="/system/audit"
          to="/system/audit"
          search={(before) => ({ ...before, ...choice, cursor: undefined, event: undefined })}
          {...props}
        />
      )}
    >
      {who.label}
    </Anchor>
  );
}

function Empty({ isFiltered }: { isFiltered: boolean }) {
  if (!isFiltered) return <EmptyState title="Nothing has happened yet" />;
  return (
    <EmptyState title="No event matches">
      <Anchor renderRoot={(props) => <Link to="/system/audit" search={{}} {...props} />}>Show all events</Anchor>
    </EmptyState>
  );
}

function RowsSkeleton() {
  return (
    <Stack gap="xs">
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((row) => (
        <Skeleton key={row} h={58} />
      ))}
    </Stack>
  );
}
