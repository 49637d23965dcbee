import { Stack, Text } from "@mantine/core";
import {
  IconActivity,
  IconBuildings,
  IconDevices,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
} from "@tabler/icons-react";
import { NavEntries, type NavEntry } from "./NavEntries";

const ALL: NavEntry[] = [
  { to: "/admin/tenants", label: "All tenants", icon: IconBuildings, isAlone: true },
  { to: "/admin/settings/tokens", label: "API tokens", icon: IconKey },
  { to: "/admin/settings/sessions", label: "Sessions", icon: IconDevices },
];

/** The pages of the tenant plane: those of the tenant in the address, and the way to the others. */
export function TenantNavigation({ tenantId }: { tenantId: number | undefined }) {
  return (
    <nav aria-label="Pages">
      <Stack gap={2}>
        {tenantId !== undefined && (
          <>
            <Text size="xs" c="dimmed" fw={600} px="sm">
              Tenant
            </Text>
            <NavEntries entries={pagesOf(tenantId)} />
          </>
        )}
        <Text size="xs" c="dimmed" fw={600} px="sm" pt={tenantId === undefined ? 0 : "sm"}>
          Yours
        </Text>
        <NavEntries entries={ALL} />
      </Stack>
    </nav>
  );
}

function pagesOf(tenantId: number): NavEntry[] {
  const tenant = `/admin/tenants/${tenantId}`;
  return [
    { to: `${tenant}/dashboard`, label: "Dashboard", icon: IconLayoutDashboard },
    { to: `${tenant}/findings`, label: "Findings", icon: IconListSearch },
    { to: `${tenant}/operations`, label: "Operations", icon: IconActivity },
  ];
}
