import { Anchor, Code } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Finding } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { Fact, Facts } from "../../ui/Facts";
import { Time } from "../../ui/Time";
import { Due } from "./Due";
import { statusWord, typeWords } from "./finding-words";
import type { FindingFilter } from "./findings-search";
import { Unobserved } from "./Unobserved";

const route = getRouteApi("/admin/tenants/$tenantId/findings/$findingId");

/** What is known of a finding; what an older version left empty says that it is not known. */
export function FindingFacts({ finding }: { finding: Finding }) {
  return (
    <Facts isPage>
      <Fact name="Status">
        {statusWord(finding.status)}
        {finding.closed_reason && `: ${finding.closed_reason}`}
        {finding.consolidated_into_id && <Folded into={finding.consolidated_into_id} />}
      </Fact>
      <Fact name="Due">
        <Due finding={finding} />
      </Fact>
      <Fact name="Days to repair">
        {finding.sla_days ? plural(finding.sla_days, "day") : finding.severity === "informational" ? "None" : "Not set"}
      </Fact>
      {finding.unobserved_since && (
        <Fact name="Newest scan">
          <Unobserved finding={finding} />
        </Fact>
      )}
      <Fact name="Resource">{finding.resource}</Fact>
      {finding.account && <Fact name="Account">{finding.account}</Fact>}
      <Fact name="Type">{typeWords(finding.type)}</Fact>
      <Fact name="Check">
        <Alike filter={{ check_id: finding.check_id }}>{finding.check_id}</Alike>
      </Fact>
      <Fact name="Source">
        <Alike filter={{ source: finding.source }}>{finding.source}</Alike>
      </Fact>
      <Moment name="First seen" at={finding.first_seen_at} />
      <Moment name="Last seen" at={finding.last_seen_at} />
      <Fact name="Times seen">{finding.times_seen ? count(finding.times_seen) : "Not known"}</Fact>
      {finding.triaged_at && <Moment name="Taken as work" at={finding.triaged_at} />}
      {finding.resolved_at && <Moment name="Resolved" at={finding.resolved_at} />}
      {finding.closed_at && <Moment name="Closed" at={finding.closed_at} />}
      <Fact name="Finding">
        {finding.id} · <Code>{finding.fingerprint}</Code>
      </Fact>
    </Facts>
  );
}

function Folded({ into }: { into: number }) {
  const { tenantId } = route.useParams();
  return (
    <>
      {", folded into "}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link
            to="/admin/tenants/$tenantId/findings/$findingId"
            params={{ tenantId, findingId: String(into) }}
            {...props}
          />
        )}
      >
        finding {into}
      </Anchor>
    </>
  );
}

/** Leads to all findings of the same check or source. */
function Alike({ filter, children }: { filter: FindingFilter; children: string }) {
  const { tenantId } = route.useParams();
  return (
    <Anchor
      inherit
      title="All findings with this"
      renderRoot={(props) => (
        <Link to="/admin/tenants/$tenantId/findings" params={{ tenantId }} search={filter} {...props} />
      )}
    >
      {children}
    </Anchor>
  );
}

function Moment({ name, at }: { name: string; at: string | null | undefined }) {
  return <Fact name={name}>{at ? <Time value={at} /> : "Not known"}</Fact>;
}
