import { Anchor, Paper, Skeleton, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { FindingDay, FindingsSummary } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import { Sparkline } from "../../ui/Sparkline";
import { Time } from "../../ui/Time";
import classes from "./tenants.module.css";

interface Props {
  tenantId: number;
  /** Not known yet where it is missing. */
  summary: FindingsSummary | undefined;
}

/** Open findings as a whole: their number and age, what is due soon, the newest scan, and the last thirty days. */
export function Posture({ tenantId, summary }: Props) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="posture">
      <Title order={2} id="posture" mb="xs">
        Open findings
      </Title>
      {summary ? <Figures tenantId={tenantId} summary={summary} /> : <Skeleton height={96} aria-busy="true" />}
    </Paper>
  );
}

function Figures({
  tenantId,
  summary: { items, mean_age_days: age, last_scan: scan, trend },
}: Props & { summary: FindingsSummary }) {
  const sum = (of: (one: FindingsSummary["items"][number]) => number) =>
    items.reduce((total, one) => total + of(one), 0);
  const open = sum((one) => one.open);
  return (
    <dl className={classes.posture}>
      <Figure
        label="Open"
        value={
          <Anchor
            inherit
            renderRoot={(props) => (
              <Link to="/admin/tenants/$tenantId/findings" params={{ tenantId: String(tenantId) }} {...props} />
            )}
          >
            {count(open)}
          </Anchor>
        }
        note={age == null ? "none is open" : `${plural(Math.round(age), "day")} old on average`}
      />
      <Figure label="Due within 7 days" value={count(sum((one) => one.due_soon))} note="open findings" />
      <Figure
        label="Newest scan"
        value={scan ? <Time value={scan.scanned_at} /> : "None yet"}
        note={scan ? scan.source : "import a scan to see findings"}
      />
      <Days label="First seen" days={trend} of={(day) => day.opened} />
      <Days label="Resolved or closed" days={trend} of={(day) => day.ended} />
    </dl>
  );
}

interface DaysProps {
  label: string;
  days: FindingDay[];
  of: (day: FindingDay) => number;
}

/** A figure of the last thirty days, day by day. */
function Days({ label, days, of }: DaysProps) {
  const values = days.map(of);
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fz={20} fw={600} lh={1.3}>
        {count(total)} <Sparkline values={values} label={`${label}, day by day over 30 days`} />
      </Text>
      <Text component="dd" m={0} size="xs" c="dimmed">
        in the last 30 days
      </Text>
    </div>
  );
}
