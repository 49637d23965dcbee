import { Anchor, Group, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Dashboard } from "../../api/schema";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { Time } from "../../ui/Time";
import classes from "./dashboard.module.css";
import { DEFAULT_WINDOW, leftOut, WINDOWS, windowOf } from "./dashboard-search";
import { Figures } from "./Figures";
import { FirstSteps } from "./FirstSteps";
import { HealthPanel } from "./HealthPanel";
import { PausedControls } from "./PausedControls";
import { ProductTelemetry } from "./ProductTelemetry";
import { RecentFailures } from "./RecentFailures";
import { TopOffenders } from "./TopOffenders";

const route = getRouteApi("/system/dashboard");
const EVERY_MILLISECONDS = 10_000;

/** The product at a glance: whether it is well, what happened lately, where it fails, what is paused (WEB-01). */
export function DashboardPage() {
  const { window = DEFAULT_WINDOW } = route.useSearch();
  const navigate = route.useNavigate();
  const dashboard = useQuery({
    ...api.queryOptions("get", "/api/v1/system/dashboard", { params: { query: { window } } }),
    refetchInterval: EVERY_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
  const isForbidden = dashboard.isError && asProblem(dashboard.error).status === 403;
  return (
    <>
      <PageHeader
        title="Dashboard"
        lead={dashboard.data && <AsOf at={dashboard.data.computed_at} />}
        actions={
          <SegmentedControl
            aria-label="Window"
            data={WINDOWS.map(({ value, label }) => ({ value, label }))}
            value={window}
            onChange={(value) => void navigate({ search: { window: leftOut(windowOf(value)) } })}
          />
        }
      />
      <FirstSteps />
      <QueryState query={dashboard} skeleton={<DashboardSkeleton />}>
        {(data) => <Content key={data.window} data={data} isOld={dashboard.isPlaceholderData} />}
      </QueryState>
      {isForbidden && <OtherPages />}
    </>
  );
}

function AsOf({ at }: { at: string }) {
  return (
    <>
      Updated <Time value={at} />
    </>
  );
}

function Content({ data, isOld }: { data: Dashboard; isOld: boolean }) {
  return (
    <Stack gap="lg" aria-busy={isOld}>
      <HealthPanel health={data.health} since={data.since} />
      <Figures data={data} />
      <ProductTelemetry window={data.window} summary={data.telemetry} />
      <div className={classes.columns}>
        <RecentFailures window={data.window} failures={data.recent_failures} />
        <TopOffenders window={data.window} offenders={data.top_offenders} />
      </div>
      <PausedControls decisions={data.paused_controls} />
    </Stack>
  );
}

/** The way on for whoever may not see this page, which is the first one. */
function OtherPages() {
  return (
    <Group gap="md" mt="md" component="nav" aria-label="Other pages">
      <Text>Go to</Text>
      <Anchor renderRoot={(props) => <Link to="/system/ops/runbooks" {...props} />}>Runbooks</Anchor>
      <Anchor renderRoot={(props) => <Link to="/system/ops/runs" {...props} />}>Runs</Anchor>
      <Anchor renderRoot={(props) => <Link to="/system/ops/controls" {...props} />}>Controls</Anchor>
      <Anchor renderRoot={(props) => <Link to="/system/audit" {...props} />}>Audit</Anchor>
    </Group>
  );
}

function DashboardSkeleton() {
  return (
    <Stack gap="lg">
      <Skeleton h={84} />
      <Skeleton h={128} />
      <Skeleton h={190} />
      <div className={classes.columns}>
        <Skeleton h={180} />
        <Skeleton h={180} />
      </div>
      <Skeleton h={84} />
    </Stack>
  );
}
