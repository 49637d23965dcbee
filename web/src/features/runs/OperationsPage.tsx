import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client";
import { useTenant } from "../../api/tenant";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { PlaneContext } from "./plane";
import { REFRESH_MILLISECONDS, RunList } from "./RunList";
import { TENANT_PLANE } from "./tenant-plane";

const route = getRouteApi("/admin/tenants/$tenantId/operations");

/** The operations of a tenant that the member may see, newest first. */
export function OperationsPage() {
  const tenant = useTenant();
  const { cursor, live } = route.useSearch();
  const navigate = route.useNavigate();
  const isFirstPage = cursor === undefined;
  const isLive = isFirstPage && live !== "off";
  const operations = useQuery({
    ...api.queryOptions("get", "/api/v1/admin/operations", {
      params: { query: { tenant_id: tenant.id, ...(cursor && { cursor }) } },
    }),
    refetchInterval: isLive ? REFRESH_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });
  return (
    <PlaneContext value={TENANT_PLANE}>
      <PageHeader section={tenant.name} title="Operations" />
      <RunList
        runs={operations}
        view={`${tenant.id} ${cursor}`}
        nothing={
          <EmptyState title="No operations yet">
            An operation appears here when somebody starts one of those that you may start yourself.
          </EmptyState>
        }
        isFirstPage={isFirstPage}
        isLive={isLive}
        onLive={(isOn) => void navigate({ search: isOn ? {} : { live: "off" }, replace: true })}
        onPage={(next) => void navigate({ search: (now) => ({ ...now, cursor: next }) })}
      />
    </PlaneContext>
  );
}
