import { Button, Group, Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Run } from "../../api/schema";
import { plural } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { KeysetPager } from "../../ui/KeysetPager";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemState } from "../../ui/ProblemState";
import { goneFrom, type HeldPage } from "./held-rows";
import { runsQuery } from "./queries";
import { RunCards } from "./RunCards";
import { RunFilters } from "./RunFilters";
import { RunsSkeleton } from "./RunsSkeleton";
import { RunsTable } from "./RunsTable";
import classes from "./runs.module.css";
import { filterOf, type RunFilter, withoutFilters } from "./runs-search";
import { useHeldPage } from "./use-held-page";

const route = getRouteApi("/system/ops/runs");
const REFRESH_MILLISECONDS = 5_000;

/** All runs, newest first, narrowed by what the address says (RUN-09). */
export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const isFirstPage = search.cursor === undefined;
  const isLive = isFirstPage && search.live !== "off";
  const runs = useQuery({
    ...runsQuery(search),
    refetchInterval: isLive ? REFRESH_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });
  const filter = filterOf(search);
  const view = JSON.stringify([filter, search.cursor]);
  const { held, showNew } = useHeldPage(view, runs.isPlaceholderData ? undefined : runs.data, runs.dataUpdatedAt);
  const news = held ? newsOf(held) : [];
  const changeFilter = (change: RunFilter) =>
    void navigate({ search: (now) => ({ ...now, ...change, cursor: undefined }) });
  const clear = () => void navigate({ search: withoutFilters });
  const filterCount = Object.keys(filter).length;
  const areFiltersShown = !isPhone || search.filters === "open";
  return (
    <>
      <PageHeader section="Ops" title="Runs" />
      {isPhone && (
        <Button
          variant="default"
          mb="sm"
          aria-expanded={areFiltersShown}
          onClick={() =>
            void navigate({
              search: (now) => ({ ...now, filters: areFiltersShown ? undefined : "open" }),
              replace: true,
            })
          }
        >
          {filterCount > 0 ? `Filters (${filterCount})` : "Filters"}
        </Button>
      )}
      {areFiltersShown && (
        <RunFilters filter={filter} runs={(held?.rows ?? []).map(({ row }) => row)} onChange={changeFilter} />
      )}
      <Group className={classes.toolbar} justify="space-between" gap="sm">
        <Button variant="default" size="xs" disabled={filterCount === 0} onClick={clear}>
          Clear filters
        </Button>
        <div aria-live="polite" className={classes.announcement}>
          {news.length > 0 && (
            <Button variant="default" size="xs" onClick={showNew}>
              {`${news.join(", ")} · Show`}
            </Button>
          )}
        </div>
        <Switch
          label={isFirstPage ? "Live" : "Live on the newest page only"}
          checked={isLive}
          disabled={!isFirstPage}
          onChange={(event) => {
            const live = event.currentTarget.checked ? undefined : "off";
            void navigate({ search: (now) => ({ ...now, live }), replace: true });
          }}
        />
      </Group>
      <Content
        held={held}
        error={runs.isError && runs.data === undefined ? runs.error : null}
        isStale={runs.isPlaceholderData}
        isPhone={isPhone}
        hasFilters={filterCount > 0}
        onRetry={() => void runs.refetch()}
      />
      <KeysetPager
        isDeep={!isFirstPage}
        nextCursor={held?.nextCursor}
        onNewest={() => void navigate({ search: (now) => ({ ...now, cursor: undefined }) })}
        onOlder={(cursor) => void navigate({ search: (now) => ({ ...now, cursor }) })}
      />
    </>
  );
}

/** What the list would show anew if somebody asked for it. */
function newsOf(held: HeldPage<Run>): string[] {
  const gone = goneFrom(held);
  return [
    held.waiting > 0 ? plural(held.waiting, "new run") : "",
    gone > 0 ? `${plural(gone, "run")} moved on` : "",
  ].filter(Boolean);
}

interface ContentProps {
  held: HeldPage<Run> | null;
  error: unknown;
  /** Rows of the view before, while those of this one are fetched. */
  isStale: boolean;
  isPhone: boolean;
  hasFilters: boolean;
  onRetry: () => void;
}

function Content({ held, error, isStale, isPhone, hasFilters, onRetry }: ContentProps) {
  if (error) return <ProblemState error={error} onRetry={onRetry} />;
  if (!held) return <RunsSkeleton />;
  if (held.rows.length === 0 && hasFilters) {
    return <EmptyState title="No run matches the filters">Change or clear the filters above.</EmptyState>;
  }
  if (held.rows.length === 0) {
    return <EmptyState title="No runs yet">A run appears here when somebody starts a runbook.</EmptyState>;
  }
  const List = isPhone ? RunCards : RunsTable;
  return (
    <div aria-busy={isStale} data-stale={isStale || undefined} className={classes.content}>
      <List rows={held.rows} />
    </div>
  );
}
