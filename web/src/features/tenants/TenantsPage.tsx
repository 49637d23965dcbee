import { Anchor, Box, Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useUser } from "../../api/me";
import type { MyTenant } from "../../api/schema";
import { EmptyState } from "../../ui/EmptyState";
import { FirstAndNext } from "../../ui/FirstAndNext";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { SearchField } from "../../ui/SearchField";
import { ROLE_WORDS, tenantsQuery } from "./queries";
import classes from "./tenants.module.css";

const route = getRouteApi("/admin/tenants");

/** The tenants that the user is a member of, to choose one. */
export function TenantsPage() {
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const tenants = useQuery({ ...tenantsQuery(view), placeholderData: keepPreviousData });
  return (
    <>
      <PageHeader title="Tenants" lead="Choose the tenant that you want to work in." />
      <Box maw={360} mb="md">
        <SearchField
          label="Search by name"
          value={view.search}
          onChange={(search) => void navigate({ search: { search }, replace: true })}
        />
      </Box>
      <QueryState query={tenants} skeleton={<Skeleton height={240} />}>
        {({ items, next_cursor }) => (
          <>
            {items.length === 0 ? (
              <None isSearch={view.search !== undefined} />
            ) : (
              <ul className={classes.tenants} aria-label="Tenants" aria-busy={tenants.isPlaceholderData}>
                {items.map((tenant) => (
                  <Tenant key={tenant.id} tenant={tenant} />
                ))}
              </ul>
            )}
            <FirstAndNext
              label="Pages of tenants"
              isDeep={view.cursor !== undefined}
              nextCursor={next_cursor}
              onPage={(cursor) => void navigate({ search: (now) => ({ ...now, cursor }) })}
            />
          </>
        )}
      </QueryState>
    </>
  );
}

function Tenant({ tenant }: { tenant: MyTenant }) {
  return (
    <li>
      <Anchor
        fw={500}
        renderRoot={(props) => (
          <Link to="/admin/tenants/$tenantId/dashboard" params={{ tenantId: String(tenant.id) }} {...props} />
        )}
      >
        {tenant.name}
      </Anchor>
      <span>{tenant.workspace.name}</span>
      <span>{ROLE_WORDS[tenant.role]}</span>
    </li>
  );
}

/** Who belongs nowhere reads what to do about it; who searched, that nothing has the name. */
function None({ isSearch }: { isSearch: boolean }) {
  const { email, workspaces } = useUser();
  if (isSearch) return <EmptyState title="No tenant of yours has that name">Change or clear the search.</EmptyState>;
  const names = workspaces.map((workspace) => workspace.name).join(", ");
  return (
    <EmptyState title="You are not a member of any tenant">
      {names && `You belong to ${names}, which shows you its name alone. `}
      Ask an owner of your tenant, or whoever administers TenantAtlas, to make {email} a member. This page shows the
      tenant once that is done.
    </EmptyState>
  );
}
