import { Anchor, Group, Paper, Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTenant } from "../../api/tenant";
import { id } from "../../lib/search";
import { ActionButton } from "../../ui/ActionButton";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemState } from "../../ui/ProblemState";
import { SeverityBadge } from "../../ui/SeverityBadge";
import { EditDialog } from "./EditDialog";
import { Evidence } from "./Evidence";
import { FindingFacts } from "./FindingFacts";
import { statusWord } from "./finding-words";
import { findingQuery, type Seen } from "./queries";

const route = getRouteApi("/admin/tenants/$tenantId/findings/$findingId");

/** One finding: where it stands, what the tool saw, and what may be made of it. */
export function FindingPage() {
  const { findingId } = route.useParams();
  const number = id(findingId);
  return number === undefined ? <NoFinding /> : <KnownFinding key={number} findingId={number} />;
}

function KnownFinding({ findingId }: { findingId: number }) {
  const tenant = useTenant();
  const seen = useQuery(findingQuery(tenant.id, findingId));
  if (seen.data) return <Shown seen={seen.data} />;
  return (
    <>
      <PageHeader section="Findings" title={`Finding ${findingId}`} lead={seen.isError ? undefined : " "} />
      {seen.isError ? (
        <Stack gap="sm" align="flex-start">
          <ProblemState error={seen.error} onRetry={() => void seen.refetch()} />
          <AllFindings />
        </Stack>
      ) : (
        <Skeleton height={320} aria-busy="true" />
      )}
    </>
  );
}

function Shown({ seen }: { seen: Seen }) {
  const { finding } = seen;
  const { dialog } = route.useSearch();
  const navigate = route.useNavigate();
  const edit = finding.actions.find(({ action }) => action === "edit");
  const show = (dialog: "edit" | undefined) => navigate({ search: { dialog }, resetScroll: false });
  return (
    <>
      <PageHeader
        section="Findings"
        title={finding.title}
        lead={
          <Group gap="xs">
            <SeverityBadge severity={finding.severity} />
            <span>{statusWord(finding.status)}</span>
          </Group>
        }
        actions={
          <ActionButton state={edit} onClick={() => void show("edit")}>
            Change…
          </ActionButton>
        }
      />
      <Stack gap="lg">
        <Paper withBorder p="md">
          <FindingFacts finding={finding} />
        </Paper>
        <Paper withBorder p="md" component="section" aria-labelledby="evidence">
          <Title order={2} id="evidence" mb="sm">
            Evidence
          </Title>
          <Evidence value={finding.evidence} />
        </Paper>
        <AllFindings />
      </Stack>
      <EditDialog seen={seen} isOpen={dialog === "edit"} onClose={() => show(undefined)} />
    </>
  );
}

function NoFinding() {
  return (
    <>
      <PageHeader section="Findings" title="Finding" />
      <EmptyState title="Findings are numbered">
        <AllFindings />
      </EmptyState>
    </>
  );
}

function AllFindings() {
  const { tenantId } = route.useParams();
  return (
    <Anchor
      underline="always"
      renderRoot={(props) => <Link to="/admin/tenants/$tenantId/findings" params={{ tenantId }} {...props} />}
    >
      All findings
    </Anchor>
  );
}
