import { useDocumentVisibility } from "@mantine/hooks";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { sessionExpired } from "../../api/query-client";
import type { RunEvent, RunTarget } from "../../api/schema";
import { type RunsPlane, type ShownRun, useRunsPlane } from "./plane";
import { fillSlots } from "./slots";
import { addSample, type Sample } from "./throughput";

const POLL_MILLISECONDS = 5_000;
const REOPEN_MILLISECONDS = 5_000;
/** Streams end every 30 s and come back after 3: that is no interruption. */
const INTERRUPTED_MILLISECONDS = 12_000;

/** What the stream of a run told so far; nothing in it grows with time. */
export interface LiveRun {
  /** Number of targets by state, once an event came. */
  targets: RunEvent["targets"] | null;
  /** Targets that workers hold now, each in its place. */
  running: (RunTarget | null)[];
  /** Of the last minute. */
  samples: Sample[];
  hasEnded: boolean;
}

const NOTHING: LiveRun = { targets: null, running: [], samples: [], hasEnded: false };

/** One run, kept up to date by its events (RUN-10), or by asking now and then while there is no stream. */
export function useLiveRun(runId: number) {
  const plane = useRunsPlane();
  const queries = useQueryClient();
  const [live, setLive] = useState(NOTHING);
  const [isConnected, setConnected] = useState(false);
  const run = plane.useRun(runId, (known) => (isActive(known) && !isConnected ? POLL_MILLISECONDS : false));
  const isVisible = useDocumentVisibility() === "visible";
  const isSignedOut = sessionExpired[plane.name].use();
  // Browsers allow few streams at once: tabs that nobody sees do not take them from the one that somebody looks at.
  useStream(runId, run.data !== undefined && !live.hasEnded && isVisible && !isSignedOut, setConnected, (event) =>
    setLive((before) => take(before, event)),
  );
  useEnd(isActive(run.data), () => refreshRun(queries, plane, runId));
  const isInterrupted = useLasting(isActive(run.data) && isVisible && !isConnected, INTERRUPTED_MILLISECONDS);
  return { run, live, isInterrupted };
}

function take(before: LiveRun, event: RunEvent): LiveRun {
  return {
    targets: event.targets,
    running: fillSlots(before.running, event.running),
    samples: addSample(before.samples, { at: Date.now(), done: event.run.progress.rows_done }),
    hasEnded: !isActive(event.run),
  };
}

function useStream(
  runId: number,
  isWanted: boolean,
  setConnected: (isConnected: boolean) => void,
  onEvent: (event: RunEvent) => void,
) {
  const plane = useRunsPlane();
  const queries = useQueryClient();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens another stream; what takes events only sets state
  useEffect(() => {
    if (!isWanted) return;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(plane.eventsPath(runId));
    const receive = ({ data }: MessageEvent<string>) => {
      const event: RunEvent = JSON.parse(data);
      putRun(queries, plane, event.run);
      onEvent(event);
      if (!isActive(event.run)) source.close();
    };
    source.onopen = () => setConnected(true);
    source.addEventListener("progress", receive);
    source.addEventListener("completed", receive);
    source.onerror = () => {
      setConnected(false);
      // Only an ordinary request says why, such as that the session has ended; it also bridges the gap.
      void queries.invalidateQueries({ queryKey: plane.runKey(runId) });
      const known = queries.getQueryData<ShownRun>(plane.runKey(runId));
      if (source.readyState !== EventSource.CLOSED || !isActive(known)) return;
      reopening = setTimeout(() => setAttempt((before) => before + 1), REOPEN_MILLISECONDS);
    };
    return () => {
      source.close();
      setConnected(false);
      clearTimeout(reopening);
    };
  }, [runId, isWanted, attempt, queries, plane]);
}

/** Takes over the run of an event. Actions are left out of events: where they may differ, the run is fetched again. */
function putRun(queries: QueryClient, plane: RunsPlane, run: ShownRun): void {
  const queryKey = plane.runKey(run.id);
  const before = queries.getQueryData<ShownRun>(queryKey);
  queries.setQueryData(queryKey, { ...run, actions: before?.actions ?? [] });
  if (!before || standing(before) !== standing(run)) refreshRun(queries, plane, run.id);
}

/** Fetches again what hangs on the state of a run: its actions, its targets, its audit trail. */
export function refreshRun(queries: QueryClient, plane: RunsPlane, runId: number): void {
  for (const queryKey of [plane.runKey(runId), ...plane.hanging]) void queries.invalidateQueries({ queryKey });
}

function standing({ status, outcome, paused_at, cancel_requested_at, summary_counts }: ShownRun): string {
  return [status, outcome, paused_at, cancel_requested_at, summary_counts.failed > 0].join(" ");
}

/** Whether the run may still change by itself. */
export function isActive(run: Pick<ShownRun, "status"> | undefined): boolean {
  return run !== undefined && run.status !== "completed";
}

/** Does something once when what was active is so no more. Without a stream nothing else says that lists are old now. */
function useEnd(isActiveNow: boolean, onEnd: () => void) {
  const wasActive = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the end counts
  useEffect(() => {
    if (wasActive.current && !isActiveNow) onEnd();
    wasActive.current = isActiveNow;
  }, [isActiveNow]);
}

/** Whether something has been so for a while. */
function useLasting(isSo: boolean, milliseconds: number): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLasted(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [isSo, milliseconds]);
  return hasLasted;
}
