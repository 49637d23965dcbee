import { Anchor, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import { asProblem } from "../../api/problem";
import { tenantQuery } from "../../api/tenant";
import { id } from "../../lib/search";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemState } from "../../ui/ProblemState";
import { useEndedRuns } from "./use-ended-runs";

const route = getRouteApi("/admin/tenants/$tenantId");

/** Opens the pages of a tenant to its members; for everybody else there is none, and no way to tell why (ACC-03). */
export function TenantGate() {
  const number = id(route.useParams().tenantId);
  return number === undefined ? <NoTenant /> : <KnownTenant key={number} tenantId={number} />;
}

function KnownTenant({ tenantId }: { tenantId: number }) {
  const tenant = useQuery(tenantQuery(tenantId));
  useEndedRuns(tenantId);
  // Also when it is asked again: a membership that was taken away ends what is on show.
  if (tenant.isError && asProblem(tenant.error).status === 404) return <NoTenant />;
  if (tenant.data) return <Outlet />;
  return (
    <>
      <PageHeader title="Tenant" lead=" " />
      {tenant.isError ? (
        <ProblemState error={tenant.error} onRetry={() => void tenant.refetch()} />
      ) : (
        <Stack aria-busy="true">
          <Skeleton height={120} />
          <Skeleton height={320} />
        </Stack>
      )}
    </>
  );
}

function NoTenant() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState title="There is no such tenant, or you are not a member of it">
        <Anchor underline="always" renderRoot={(props) => <Link to="/admin/tenants" {...props} />}>
          Go to your tenants
        </Anchor>
      </EmptyState>
    </>
  );
}
