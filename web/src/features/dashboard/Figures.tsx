import { Anchor, Paper, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Dashboard } from "../../api/schema";
import { count, duration } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import classes from "./dashboard.module.css";
import { NEEDS_ATTENTION, type RunsLink, wordsOf } from "./dashboard-search";

/** The figures of the window and of this instant, each with the way to exactly the runs that it counts. */
export function Figures({ data: { kpis, paused_controls, since, window } }: { data: Dashboard }) {
  const took = (seconds: number | null | undefined) => (seconds == null ? "–" : duration(seconds));
  const within = `in ${wordsOf(window)}`;
  const ended = (outcome: RunsLink["outcome"]) => ({ outcome, completed_after: since });
  const noRun = kpis.duration_p50_seconds == null ? "no run ended" : "start to finish";
  const paused = new Set(paused_controls.map(({ control_key }) => control_key)).size;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="figures">
      <Title order={2} id="figures" mb="xs">
        Runs
      </Title>
      <dl className={classes.figures}>
        <Runs
          label="Needs attention"
          number={kpis.needs_attention}
          note={within}
          search={{ ...NEEDS_ATTENTION, completed_after: since }}
        />
        <Runs label="Active" number={kpis.active} note="queued or running now" search={{ status: "active" }} />
        <Runs label="Started" number={kpis.started} note={within} search={{ created_after: since }} />
        <Runs label="Succeeded" number={kpis.succeeded} note={within} search={ended(["succeeded"])} />
        <Runs
          label="Partially succeeded"
          number={kpis.partially_succeeded}
          note={within}
          search={ended(["partially_succeeded"])}
        />
        <Runs label="Failed" number={kpis.failed} note={within} search={ended(["failed", "blocked"])} />
        <Runs label="Cancelled" number={kpis.cancelled} note={within} search={ended(["cancelled"])} />
        <Figure label="Median duration" value={took(kpis.duration_p50_seconds)} note={noRun} />
        <Figure label="p95 duration" value={took(kpis.duration_p95_seconds)} note={noRun} />
        <Figure
          label="Oldest queued"
          value={kpis.queue_age_seconds > 0 ? duration(kpis.queue_age_seconds) : "None"}
          note={kpis.queue_age_seconds > 0 ? "waits for a worker" : "nothing waits"}
        />
        <Figure
          label="Paused controls"
          value={
            <Anchor inherit {...dimmed(paused)} renderRoot={(props) => <Link to="/system/ops/controls" {...props} />}>
              {count(paused)}
            </Anchor>
          }
          note="now"
        />
      </dl>
    </Paper>
  );
}

interface RunsProps {
  label: string;
  number: number;
  note: string;
  search: RunsLink;
}

function Runs({ label, number, note, search }: RunsProps) {
  return (
    <Figure
      label={label}
      value={
        <Anchor
          inherit
          {...dimmed(number)}
          title="Opens these runs"
          renderRoot={(props) => <Link to="/system/ops/runs" search={search} {...props} />}
        >
          {count(number)}
        </Anchor>
      }
      note={note}
    />
  );
}

/** Nothing to look at draws no eye. */
function dimmed(number: number): { c?: "dimmed" } {
  return number === 0 ? { c: "dimmed" } : {};
}
