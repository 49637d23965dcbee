import { Button, Group, Title } from "@mantine/core";
import type { TargetState } from "../../api/schema";
import { count } from "../../lib/format";
import { STATES } from "../../ui/states";
import { type ShownRun, useRunView } from "./plane";
import { RunningNow } from "./RunningNow";
import classes from "./run.module.css";
import { TARGET_STATES } from "./run-search";
import { TargetList } from "./TargetList";
import { isActive, type LiveRun } from "./use-live-run";

const FAILED_SHOWN = 10;

interface Props {
  run: ShownRun;
  live: LiveRun;
}

/** Targets of a run: what failed first, then what runs now, then all in the order of their tenants; or those of one state. */
export function TargetsTab({ run, live }: Props) {
  const view = useRunView();
  const { state } = view.search;
  const show = (chosen: TargetState | undefined) =>
    view.show(() => (chosen ? { state: chosen } : {}), { resetScroll: false });
  const failed = run.summary_counts.failed;
  return (
    <>
      {run.progress.targets_total > 1 && (
        <fieldset className={classes.state} aria-label="Targets to show">
          <Choice label="All" amount={run.progress.targets_total} isChosen={!state} onClick={() => show(undefined)} />
          {TARGET_STATES.map((value) => (
            <Choice
              key={value}
              label={STATES[value].word}
              amount={live.targets === null ? undefined : (live.targets[value] ?? 0)}
              isChosen={state === value}
              onClick={() => show(value)}
            />
          ))}
        </fieldset>
      )}
      {!state && failed > 0 && (
        <section className={classes.rows} aria-labelledby="failed-targets">
          <Group justify="space-between" mb={4}>
            <Title order={2} id="failed-targets">
              Failed
            </Title>
            {failed > FAILED_SHOWN && (
              <Button variant="subtle" size="xs" onClick={() => show("failed")}>
                Show all {count(failed)} failed
              </Button>
            )}
          </Group>
          <TargetList
            run={run}
            running={live.running}
            state="failed"
            cursor={undefined}
            limit={FAILED_SHOWN}
            label="Failed targets"
          />
        </section>
      )}
      {!state && isActive(run) && <RunningNow targets={live.running} />}
      <section aria-labelledby="listed-targets">
        <Title order={2} id="listed-targets" mb={4}>
          {state ? STATES[state].word : "All targets"}
        </Title>
        <ListOfAddress run={run} running={live.running} />
      </section>
    </>
  );
}

function ListOfAddress({ run, running }: { run: ShownRun; running: LiveRun["running"] }) {
  const { search, show } = useRunView();
  const { state, cursor } = search;
  return (
    <TargetList
      run={run}
      running={running}
      state={state}
      cursor={cursor}
      label={state ? `Targets: ${STATES[state].word}` : "All targets, in the order of their tenants"}
      onPage={(next) => show(({ cursor: _left, ...now }) => ({ ...now, ...(next && { cursor: next }) }))}
    />
  );
}

interface ChoiceProps {
  label: string;
  amount: number | undefined;
  isChosen: boolean;
  onClick: () => void;
}

function Choice({ label, amount, isChosen, onClick }: ChoiceProps) {
  return (
    <Button size="xs" variant={isChosen ? "filled" : "default"} aria-pressed={isChosen} onClick={onClick}>
      {amount === undefined ? label : `${label} ${count(amount)}`}
    </Button>
  );
}
