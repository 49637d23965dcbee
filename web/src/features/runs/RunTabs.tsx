import { Tabs } from "@mantine/core";
import { count } from "../../lib/format";
import { oneOf } from "../../lib/search";
import { AuditTab } from "./AuditTab";
import { ContextTab } from "./ContextTab";
import { FailuresTab } from "./FailuresTab";
import { type ShownRun, useRunsPlane, useRunView } from "./plane";
import { TABS } from "./run-search";
import { TargetsTab } from "./TargetsTab";
import type { LiveRun } from "./use-live-run";

interface Props {
  run: ShownRun;
  live: LiveRun;
}

/** What belongs to a run, by kind; which one is open is in the address. */
export function RunTabs({ run, live }: Props) {
  const { name } = useRunsPlane();
  const { search, show } = useRunView();
  const { tab = "targets" } = search;
  const isSystem = name === "system";
  function open(value: string | null) {
    const chosen = oneOf(value, TABS);
    // State, cursor and opened event belong to the tab that is left.
    if (chosen) show(() => (chosen === "targets" ? {} : { tab: chosen }), { resetScroll: false });
  }
  return (
    <Tabs value={tab} onChange={open} keepMounted={false}>
      <Tabs.List mb="md" aria-label="Parts of the run">
        <Tabs.Tab value="targets">Targets {count(run.progress.targets_total)}</Tabs.Tab>
        <Tabs.Tab value="failures">Failures {count(run.summary_counts.failed)}</Tabs.Tab>
        <Tabs.Tab value="context">Context</Tabs.Tab>
        {isSystem && <Tabs.Tab value="audit">Audit</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="targets">
        <TargetsTab run={run} live={live} />
      </Tabs.Panel>
      <Tabs.Panel value="failures">
        <FailuresTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="context">
        <ContextTab run={run} />
      </Tabs.Panel>
      {isSystem && (
        <Tabs.Panel value="audit">
          <AuditTab runId={run.id} />
        </Tabs.Panel>
      )}
    </Tabs>
  );
}
