import { SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { FINDINGS_SUMMARY } from "../../api/findings";
import { useTenant } from "../../api/tenant";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemState } from "../../ui/ProblemState";
import { LastOperation } from "./LastOperation";
import { Posture } from "./Posture";
import { ROLE_WORDS } from "./queries";
import { SeverityFigures } from "./SeverityFigures";

const REFRESH_MILLISECONDS = 60_000;

/** A tenant at a glance: what is open, what is late, what nobody has looked at, and what ran last. One answer has all figures. */
export function TenantDashboardPage() {
  const tenant = useTenant();
  const summary = useQuery(
    api.queryOptions(
      "get",
      FINDINGS_SUMMARY,
      { params: { path: { tenant: tenant.id } } },
      { refetchInterval: REFRESH_MILLISECONDS },
    ),
  );
  return (
    <>
      <PageHeader title={tenant.name} lead={`${tenant.workspace.name} · your role: ${ROLE_WORDS[tenant.role]}`} />
      <Stack gap="lg">
        {summary.isError && !summary.data ? (
          <ProblemState error={summary.error} onRetry={() => void summary.refetch()} />
        ) : (
          <>
            <Posture tenantId={tenant.id} summary={summary.data} />
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <SeverityFigures
                tenantId={tenant.id}
                title="Overdue"
                none="Nothing is overdue."
                filter={{ overdue: "true" }}
                summary={summary.data}
              />
              <SeverityFigures
                tenantId={tenant.id}
                title="Untriaged"
                none="Nothing to triage."
                filter={{ status: "new" }}
                summary={summary.data}
              />
            </SimpleGrid>
          </>
        )}
        <LastOperation tenantId={tenant.id} />
      </Stack>
    </>
  );
}
