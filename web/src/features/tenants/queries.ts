import { api } from "../../api/client";
import type { Role } from "../../api/schema";
import type { TenantsSearch } from "./tenants-search";

/** One page of the caller's tenants. */
export const tenantsQuery = ({ search, cursor }: TenantsSearch, limit?: number) =>
  api.queryOptions("get", "/api/v1/admin/tenants", {
    params: { query: { ...(search && { search }), ...(cursor && { cursor }), ...(limit && { limit }) } },
  });

/** What one is in a tenant, in words. */
export const ROLE_WORDS: Record<Role, string> = {
  owner: "Owner",
  manager: "Manager",
  operator: "Operator",
  readonly: "Read only",
};

const OPERATIONS_MILLISECONDS = 10_000;

/** The newest operation of a tenant that the member may see, asked again now and then. */
export const newestOperationQuery = (tenantId: number) =>
  api.queryOptions(
    "get",
    "/api/v1/admin/operations",
    { params: { query: { tenant_id: tenantId, limit: 1 } } },
    { refetchInterval: OPERATIONS_MILLISECONDS },
  );
