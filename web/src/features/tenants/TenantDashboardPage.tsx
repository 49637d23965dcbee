import { SimpleGrid, Stack } from "@mantine/core";
import { useTenant } from "../../api/tenant";
import { PageHeader } from "../../ui/PageHeader";
import { LastOperation } from "./LastOperation";
import { ROLE_WORDS } from "./queries";
import { SeverityFigures } from "./SeverityFigures";

/** A tenant at a glance: what is late, what nobody has looked at, and what ran last. */
export function TenantDashboardPage() {
  const tenant = useTenant();
  return (
    <>
      <PageHeader title={tenant.name} lead={`${tenant.workspace.name} · your role: ${ROLE_WORDS[tenant.role]}`} />
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <SeverityFigures
            tenantId={tenant.id}
            title="Overdue"
            none="Nothing is overdue."
            filter={{ overdue: "true" }}
          />
          <SeverityFigures
            tenantId={tenant.id}
            title="New, not looked at"
            none="Everything has been looked at."
            filter={{ status: "new" }}
          />
        </SimpleGrid>
        <LastOperation tenantId={tenant.id} />
      </Stack>
    </>
  );
}
