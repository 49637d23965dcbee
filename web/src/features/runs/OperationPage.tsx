import { Anchor, Group } from "@mantine/core";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { useTenant } from "../../api/tenant";
import { id } from "../../lib/search";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { RunStateBadge } from "../../ui/RunStateBadge";
import { Time } from "../../ui/Time";
import { PlaneContext, RunViewContext, type ShownRun } from "./plane";
import { RunFollowed } from "./RunFollowed";
import { TENANT_PLANE, typeWords } from "./tenant-plane";

const route = getRouteApi("/admin/tenants/$tenantId/operations/$runId");

/** One operation of a tenant, followed live. */
export function OperationPage() {
  const { runId } = route.useParams();
  const tenant = useTenant();
  const number = id(runId);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const section = `${tenant.name} / Operations`;
  if (number === undefined) {
    return (
      <>
        <PageHeader section={section} title="Operation" />
        <EmptyState title="Operations are numbered">
          <AllOperations />
        </EmptyState>
      </>
    );
  }
  return (
    <PlaneContext value={TENANT_PLANE}>
      <RunViewContext value={{ search, show: (change, options) => void navigate({ search: change, ...options }) }}>
        <RunFollowed
          key={number}
          runId={number}
          section={section}
          header={(run) => <OperationHeader run={run} section={section} tenantId={tenant.id} />}
          wayOut={<AllOperations />}
        />
      </RunViewContext>
    </PlaneContext>
  );
}

interface HeaderProps {
  run: ShownRun;
  section: string;
  tenantId: number;
}

/** Which operation it is; one of another tenant of the member is shown as that one's. */
function OperationHeader({ run, section, tenantId }: HeaderProps) {
  if (run.tenant && run.tenant.id !== tenantId) {
    const params = { tenantId: String(run.tenant.id), runId: String(run.id) };
    return <Navigate to="/admin/tenants/$tenantId/operations/$runId" params={params} replace />;
  }
  return (
    <PageHeader
      section={section}
      title={`Operation ${run.id}`}
      lead={
        <>
          {typeWords(run.type)} · {run.initiator.name}, <Time value={run.created_at} />
        </>
      }
      actions={
        <Group gap="xs">
          <RunStateBadge run={run} />
        </Group>
      }
    />
  );
}

function AllOperations() {
  const { tenantId } = route.useParams();
  return (
    <Anchor
      underline="always"
      renderRoot={(props) => <Link to="/admin/tenants/$tenantId/operations" params={{ tenantId }} {...props} />}
    >
      All operations
    </Anchor>
  );
}
