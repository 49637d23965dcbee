import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { QueryState } from "../../ui/QueryState";
import { tenantsQuery } from "./queries";

/** Leads to the only tenant of who has one, and to the list of who has none or several. */
export function StartPage() {
  const tenants = useQuery(tenantsQuery({}, 2));
  return (
    <QueryState query={tenants} skeleton={<Skeleton height={320} />}>
      {({ items: [first, second] }) =>
        first && !second ? (
          <Navigate to="/admin/tenants/$tenantId/dashboard" params={{ tenantId: String(first.id) }} replace />
        ) : (
          <Navigate to="/admin/tenants" replace />
        )
      }
    </QueryState>
  );
}
