import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "./client";
import type { MyTenantDetail } from "./schema";

const route = getRouteApi("/admin/tenants/$tenantId");

/** How often what may be done in a tenant is asked again: a pause shows by itself. */
const LIVE_MILLISECONDS = 10_000;

/** A tenant of the caller, and what they may do there. */
export const tenantQuery = (tenant: number) =>
  api.queryOptions(
    "get",
    "/api/v1/admin/tenants/{tenant}",
    { params: { path: { tenant } } },
    { refetchInterval: LIVE_MILLISECONDS },
  );

/** The tenant of the address, inside of its pages. */
export function useTenant(): MyTenantDetail {
  const { tenantId } = route.useParams();
  return useSuspenseQuery(tenantQuery(Number(tenantId))).data;
}
