import { Button, Group, Pill, Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTenant } from "../../api/tenant";
import { EmptyState } from "../../ui/EmptyState";
import { Filters } from "../../ui/Filters";
import { KeysetPager } from "../../ui/KeysetPager";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { BackfillDialog } from "./BackfillDialog";
import { FindingFilters } from "./FindingFilters";
import { FindingsActions } from "./FindingsActions";
import { FindingsTable } from "./FindingsTable";
import classes from "./findings.module.css";
import { type FindingFilter, filterOf } from "./findings-search";
import { findingsQuery } from "./queries";

const route = getRouteApi("/admin/tenants/$tenantId/findings");

/** Filters that rows offer, and the bar above has no field for. */
const CHIPS = [
  { name: "source", label: "Source" },
  { name: "check_id", label: "Check" },
] as const;

/** The findings of a tenant, newest first, narrowed by what the address says. */
export function FindingsPage() {
  const tenant = useTenant();
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const findings = useQuery({ ...findingsQuery(tenant.id, view), placeholderData: keepPreviousData });
  const filter = filterOf(view);
  const filterCount = Object.keys(filter).length;
  const narrow = (change: FindingFilter) =>
    void navigate({ search: (now) => ({ ...now, ...change, cursor: undefined }), replace: "search" in change });
  const show = (dialog: "backfill" | undefined) =>
    void navigate({ search: (now) => ({ ...now, dialog }), resetScroll: false });
  return (
    <>
      <PageHeader
        section={tenant.name}
        title="Findings"
        actions={<FindingsActions onBackfill={() => show("backfill")} />}
      />
      <Filters
        count={filterCount}
        isOpen={view.filters === "open"}
        onOpen={(isOpen) =>
          void navigate({ search: (now) => ({ ...now, filters: isOpen ? "open" : undefined }), replace: true })
        }
      >
        <FindingFilters filter={filter} onChange={narrow} />
      </Filters>
      <Group mb="sm">
        <Button
          variant="default"
          size="xs"
          disabled={filterCount === 0}
          onClick={() => void navigate({ search: ({ filters }) => ({ filters }) })}
        >
          Clear filters
        </Button>
        {CHIPS.map(
          ({ name, label }) =>
            filter[name] !== undefined && (
              <Pill
                key={name}
                size="md"
                withRemoveButton
                onRemove={() => narrow({ [name]: undefined })}
                removeButtonProps={{
                  "aria-label": `Remove ${label} ${filter[name]}`,
                  "aria-hidden": false,
                  tabIndex: 0,
                }}
              >
                {label}: {filter[name]}
              </Pill>
            ),
        )}
      </Group>
      <QueryState query={findings} skeleton={<RowsSkeleton />}>
        {({ items, next_cursor }) => (
          <div
            className={classes.content}
            aria-busy={findings.isPlaceholderData}
            data-stale={findings.isPlaceholderData || undefined}
          >
            {items.length === 0 ? (
              <None hasFilters={filterCount > 0} isOver={!next_cursor} />
            ) : (
              <FindingsTable findings={items} />
            )}
            <KeysetPager
              isDeep={view.cursor !== undefined}
              nextCursor={next_cursor}
              onNewest={() => void navigate({ search: (now) => ({ ...now, cursor: undefined }) })}
              onOlder={(cursor) => void navigate({ search: (now) => ({ ...now, cursor }) })}
            />
          </div>
        )}
      </QueryState>
      <BackfillDialog isOpen={view.dialog === "backfill"} onClose={() => show(undefined)} />
    </>
  );
}

function None({ hasFilters, isOver }: { hasFilters: boolean; isOver: boolean }) {
  if (!isOver)
    return (
      <EmptyState title="No match so far">Older findings have not been searched yet. Go on with “Older”.</EmptyState>
    );
  if (hasFilters)
    return <EmptyState title="No finding matches the filters">Change or clear the filters above.</EmptyState>;
  return <EmptyState title="No findings yet">Findings appear here when the file of a scan is imported.</EmptyState>;
}

function RowsSkeleton() {
  return (
    <Stack gap={9}>
      {[1, 2, 3, 4, 5, 6, 7, 8].map((row) => (
        <Skeleton key={row} height={40} />
      ))}
    </Stack>
  );
}
