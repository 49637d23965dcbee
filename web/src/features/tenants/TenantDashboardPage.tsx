import { useTenant } from "../../api/tenant";
import { PageHeader } from "../../ui/PageHeader";
import { ROLE_WORDS } from "./queries";

/** A tenant at a glance. */
export function TenantDashboardPage() {
  const tenant = useTenant();
  return <PageHeader title={tenant.name} lead={`${tenant.workspace.name} · your role: ${ROLE_WORDS[tenant.role]}`} />;
}
