import { Anchor, Paper, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Dashboard } from "../../api/schema";
import { count, duration } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import classes from "./dashboard.module.css";
import { wordsOf } from "./dashboard-search";

/** The figures of the window and of this instant, with the way to exactly the runs that they count. */
export function Figures({ data: { kpis, paused_controls, since, window } }: { data: Dashboard }) {
  const took = (seconds: number | null | undefined) => (seconds == null ? "–" : duration(seconds));
  const noRun = kpis.duration_p50_seconds == null ? "no run ended" : "from first claim to end";
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="figures">
      <Title order={2} id="figures" mb="xs">
        Runs
      </Title>
      <dl className={classes.figures}>
        <Figure
          label="Active"
          value={
            <Anchor
              inherit
              title="Opens these runs"
              renderRoot={(props) => <Link to="/system/ops/runs" search={{ status: "active" }} {...props} />}
            >
              {count(kpis.active)}
            </Anchor>
          }
          note="queued or running now"
        />
        <Figure label="Started" value={count(kpis.started)} note={`in ${wordsOf(window)}`} />
        <Figure label="Succeeded" value={count(kpis.succeeded)} note={`in ${wordsOf(window)}`} />
        <Figure label="Failed" value={count(kpis.failed)} note={`in ${wordsOf(window)}`} />
        <Figure
          label="Failed, not acknowledged"
          value={
            <Anchor
              inherit
              title="Opens these runs"
              renderRoot={(props) => (
                <Link
                  to="/system/ops/runs"
                  search={{ outcome: ["failed", "blocked"], acknowledged: false, completed_after: since }}
                  {...props}
                />
              )}
            >
              {count(kpis.unacknowledged_failures)}
            </Anchor>
          }
          note={`in ${wordsOf(window)}`}
        />
        <Figure label="Duration, half of the runs" value={took(kpis.duration_p50_seconds)} note={noRun} />
        <Figure label="Duration, 95 in 100" value={took(kpis.duration_p95_seconds)} note={noRun} />
        <Figure
          label="Queue age"
          value={duration(kpis.queue_age_seconds)}
          note={kpis.queue_age_seconds > 0 ? "the oldest that waits" : "nothing waits"}
        />
        <Figure
          label="Paused controls"
          value={
            <Anchor inherit renderRoot={(props) => <Link to="/system/ops/controls" {...props} />}>
              {count(new Set(paused_controls.map(({ control_key }) => control_key)).size)}
            </Anchor>
          }
          note="now"
        />
      </dl>
    </Paper>
  );
}
