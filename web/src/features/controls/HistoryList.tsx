import { Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client";
import { EmptyState } from "../../ui/EmptyState";
import { EventList } from "../../ui/EventList";
import { KeysetPager } from "../../ui/KeysetPager";
import { QueryState } from "../../ui/QueryState";

const route = getRouteApi("/system/ops/controls");
const ROWS = 20;

/** What was done to a control and what it stopped, newest first (CTL-09). */
export function HistoryList({ controlKey }: { controlKey: string }) {
  const { cursor, event } = route.useSearch();
  const navigate = route.useNavigate();
  const history = useQuery({
    ...api.queryOptions("get", "/api/v1/system/ops/controls/{key}/history", {
      params: { path: { key: controlKey }, query: { limit: ROWS, ...(cursor ? { cursor } : {}) } },
    }),
    placeholderData: keepPreviousData,
    // Rows do not move while they are read.
    refetchOnWindowFocus: false,
  });
  const goTo = (to: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, cursor: to, event: undefined }), resetScroll: false });

  return (
    <QueryState query={history} skeleton={<RowsSkeleton />}>
      {({ items, next_cursor }) => (
        <>
          {items.length === 0 ? (
            <EmptyState title="Nothing has happened to this control yet">
              It was never paused, and it never stopped a start.
            </EmptyState>
          ) : (
            <EventList
              label="History, newest first"
              known="control"
              events={items}
              openId={event}
              onOpen={(id) =>
                void navigate({ search: (before) => ({ ...before, event: id }), replace: true, resetScroll: false })
              }
            />
          )}
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

function RowsSkeleton() {
  return (
    <Stack gap="xs">
      {["a", "b", "c", "d", "e"].map((row) => (
        <Skeleton key={row} h={64} />
      ))}
    </Stack>
  );
}
