import { Text, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { plural, words } from "../../lib/format";
import { clockTime } from "../../lib/time";
import { Time } from "../../ui/Time";
import { type ShownRun, useRunsPlane } from "./plane";
import classes from "./run.module.css";

/** What holds a run back, in words; a reason that is not known yet is read out as it is. */
const HELD: Record<string, string> = {
  lock_waits: "others hold rows that it needs",
  database_full: "the database has no room or no connection left",
  slow_database: "the database answers slowly",
};

interface Props {
  run: ShownRun;
  /** No events come, and that not just for the moment. */
  isInterrupted: boolean;
}

/** How a run stands, and why it does not go on if it does not (RUN-14, RUN-17). There is always a sentence. */
export function RunStanding({ run, isInterrupted }: Props) {
  const sentences = standing(run);
  return (
    <div className={classes.standing}>
      {sentences.map(([key, sentence]) => (
        <Text key={key}>{sentence}</Text>
      ))}
      <div aria-live="polite">
        {isInterrupted && (
          <Text c="dimmed">Live updates are interrupted. The figures are fetched every few seconds instead.</Text>
        )}
      </div>
      <SpokenStanding keys={sentences.map(([key]) => key)} />
    </div>
  );
}

/** How a run stands, for the ear: in words that do not tick. Its end is told with its figures elsewhere. */
const SPOKEN: Record<Standing, string> = {
  ended: "",
  cancel: "Asked to stop.",
  paused: "Paused.",
  held: "Held back.",
  stale: "Nobody works on this run.",
  waiting: "Waits for a worker.",
  going: "Running.",
};

/** Tells screen readers when the standing changes; how it was when the page opened they read in its place. */
function SpokenStanding({ keys }: { keys: Standing[] }) {
  const now = keys.map((key) => SPOKEN[key]).join(" ");
  const [opened] = useState(now);
  const [hasChanged, setChanged] = useState(false);
  if (now !== opened && !hasChanged) setChanged(true);
  return <VisuallyHidden aria-live="polite">{hasChanged ? now : ""}</VisuallyHidden>;
}

type Standing = "ended" | "cancel" | "paused" | "held" | "stale" | "waiting" | "going";

function standing(run: ShownRun): [Standing, ReactNode][] {
  const left = run.progress.targets_total - run.progress.targets_done;
  const sentences: [Standing, ReactNode][] = [];
  if (run.completed_at) {
    sentences.push([
      "ended",
      <>
        Ended <Time value={run.completed_at} />.
      </>,
    ]);
    return sentences;
  }
  if (run.cancel_requested_at) {
    sentences.push([
      "cancel",
      <>
        Asked to stop <Time value={run.cancel_requested_at} />. Workers finish the batch in hand;{" "}
        {plural(left, "target")} to go. <WhoAndWhy runId={run.id} />
      </>,
    ]);
  }
  if (run.paused_at) {
    sentences.push([
      "paused",
      <>
        Paused <Time value={run.paused_at} /> with {plural(left, "target")} to go. Nobody works on it until it is
        resumed. <WhoAndWhy runId={run.id} />
      </>,
    ]);
  }
  if (run.held_reason) {
    sentences.push([
      "held",
      <>
        Held back
        {run.held_since && (
          <>
            {" "}
            since <Time value={run.held_since} />
          </>
        )}
        : {HELD[run.held_reason] ?? words(run.held_reason)}. It goes on by itself, and no target fails because of it.
      </>,
    ]);
  }
  if (run.stale) {
    sentences.push(["stale", <Stale key="stale" />]);
  }
  if (sentences.length === 0) {
    sentences.push([run.started_at ? "going" : "waiting", <Going key="going" run={run} left={left} />]);
  }
  return sentences;
}

function Going({ run, left }: { run: ShownRun; left: number }) {
  if (!run.started_at) return `Waits for a worker, with ${plural(left, "target")} to go.`;
  return (
    <>
      Running since <Time value={run.started_at}>{clockTime(new Date(run.started_at), new Date())}</Time>, with{" "}
      {plural(left, "target")} to go.
    </>
  );
}

/** What to do about it depends on who reads it: workers are the operators'. */
function Stale() {
  const { name, noun } = useRunsPlane();
  const what = `Nobody works on this ${noun.toLowerCase()} although somebody should.`;
  if (name === "tenant") return `${what} The platform's operators see that too; it goes on once a worker is there.`;
  return `${what} Look whether a worker is alive; one that starts takes it up.`;
}

/** Members do not see who steered a run and why. */
function WhoAndWhy({ runId }: { runId: number }) {
  const { name, RunAnchor } = useRunsPlane();
  if (name === "tenant") return null;
  return (
    <RunAnchor runId={runId} search={{ tab: "audit" }} underline="always">
      Who and why
    </RunAnchor>
  );
}
