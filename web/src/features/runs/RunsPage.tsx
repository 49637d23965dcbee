import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { EmptyState } from "../../ui/EmptyState";
import { Filters } from "../../ui/Filters";
import { PageHeader } from "../../ui/PageHeader";
import { PlaneContext } from "./plane";
import { runsQuery } from "./queries";
import { RunFilters } from "./RunFilters";
import { REFRESH_MILLISECONDS, RunList } from "./RunList";
import { filterOf, type RunFilter, withoutFilters } from "./runs-search";
import { SYSTEM_PLANE } from "./system-plane";

const route = getRouteApi("/system/ops/runs");

/** All runs, newest first, narrowed by what the address says (RUN-09). */
export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isFirstPage = search.cursor === undefined;
  const isLive = isFirstPage && search.live !== "off";
  const runs = useQuery({
    ...runsQuery(search),
    refetchInterval: isLive ? REFRESH_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });
  const filter = filterOf(search);
  const filterCount = Object.keys(filter).length;
  const changeFilter = (change: RunFilter) =>
    void navigate({ search: (now) => ({ ...now, ...change, cursor: undefined }) });
  return (
    <PlaneContext value={SYSTEM_PLANE}>
      <PageHeader section="Ops" title="Runs" />
      <Filters
        count={filterCount}
        isOpen={search.filters === "open"}
        onOpen={(isOpen) =>
          void navigate({ search: (now) => ({ ...now, filters: isOpen ? "open" : undefined }), replace: true })
        }
      >
        <RunFilters filter={filter} runs={runs.data?.items ?? []} onChange={changeFilter} />
      </Filters>
      <RunList
        runs={runs}
        view={JSON.stringify([filter, search.cursor])}
        nothing={<NoRun hasFilters={filterCount > 0} />}
        isFirstPage={isFirstPage}
        isLive={isLive}
        tools={
          <Button
            variant="default"
            size="xs"
            disabled={filterCount === 0}
            onClick={() => void navigate({ search: withoutFilters })}
          >
            Clear filters
          </Button>
        }
        onLive={(isOn) =>
          void navigate({ search: (now) => ({ ...now, live: isOn ? undefined : "off" }), replace: true })
        }
        onPage={(cursor) => void navigate({ search: (now) => ({ ...now, cursor }) })}
      />
    </PlaneContext>
  );
}

function NoRun({ hasFilters }: { hasFilters: boolean }) {
  if (hasFilters) return <EmptyState title="No run matches the filters">Change or clear the filters above.</EmptyState>;
  return <EmptyState title="No runs yet">A run appears here when somebody starts a runbook.</EmptyState>;
}
