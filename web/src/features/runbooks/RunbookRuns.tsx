import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { RunRef } from "../../api/schema";
import { count, percent } from "../../lib/format";
import { RunStateBadge } from "../../ui/RunStateBadge";
import { Time } from "../../ui/Time";
import { activeRunQuery } from "./queries";

/** The run that ended last: when, how, and how much it changed. */
export function LastRun({ run }: { run: RunRef | null }) {
  if (!run) return "None yet";
  return (
    <Group gap="xs" component="span">
      <RunLink id={run.id} />
      <RunStateBadge run={run} />
      <Text span>
        <Time value={run.completed_at ?? run.created_at} />, {count(run.updated)} updated
      </Text>
    </Group>
  );
}

/** The run that is active now, as it stands at the moment. */
export function ActiveRun({ run }: { run: RunRef | null }) {
  return run ? <Live run={run} /> : "None";
}

function Live({ run }: { run: RunRef }) {
  const live = useQuery(activeRunQuery(run.id)).data;
  const progress = live && live.status !== "completed" ? `${percent(live.progress.fraction)}, ` : "";
  return (
    <Group gap="xs" component="span">
      <RunLink id={run.id} />
      <RunStateBadge run={live ?? run} />
      <Text span>
        {progress}
        {count(live?.summary_counts.updated ?? run.updated)} updated
      </Text>
    </Group>
  );
}

function RunLink({ id }: { id: number }) {
  return (
    <Anchor renderRoot={(props) => <Link to="/system/ops/runs/$runId" params={{ runId: String(id) }} {...props} />}>
      Run {id}
    </Anchor>
  );
}
