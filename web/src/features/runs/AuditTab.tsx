import { Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client";
import { EmptyState } from "../../ui/EmptyState";
import { EventList } from "../../ui/EventList";
import { KeysetPager } from "../../ui/KeysetPager";
import { QueryState } from "../../ui/QueryState";

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
          <div aria-busy={events.isPlaceholderData}>
            <EventList
              label="Audit trail, newest first"
              events={items}
              openId={opened}
              onOpen={(event) =>
                void navigate({ search: (now) => ({ ...now, event }), replace: true, resetScroll: false })
              }
            />
          </div>
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
