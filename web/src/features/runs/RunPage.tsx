import { Anchor } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { id } from "../../lib/search";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { PlaneContext, RunViewContext } from "./plane";
import { RunDialogs } from "./RunDialogs";
import { RunFollowed } from "./RunFollowed";
import { RunHeader } from "./RunHeader";
import { SYSTEM_PLANE } from "./system-plane";

const route = getRouteApi("/system/ops/runs/$runId");
const SECTION = "Ops / Runs";

/** One run of the system plane: how it stands, what may be done with it, and what happened in it. */
export function RunPage() {
  const { runId } = route.useParams();
  const number = id(runId);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  if (number === undefined) {
    return (
      <>
        <PageHeader section={SECTION} title="Run" />
        <EmptyState title="Runs are numbered">
          “{runId}” is not the number of a run. <AllRuns />
        </EmptyState>
      </>
    );
  }
  return (
    <PlaneContext value={SYSTEM_PLANE}>
      <RunViewContext value={{ search, show: (change, options) => void navigate({ search: change, ...options }) }}>
        <RunFollowed
          key={number}
          runId={number}
          section={SECTION}
          header={(run) => <RunHeader run={run} />}
          dialogs={(run) => <RunDialogs run={run} />}
          wayOut={<AllRuns />}
        />
      </RunViewContext>
    </PlaneContext>
  );
}

function AllRuns() {
  return (
    <Anchor underline="always" renderRoot={(props) => <Link to="/system/ops/runs" {...props} />}>
      All runs
    </Anchor>
  );
}
