import { Button, Group, Skeleton } from "@mantine/core";
import { useThrottledValue } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import type { RunTarget, TargetState } from "../../api/schema";
import { plural } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { FirstAndNext } from "../../ui/FirstAndNext";
import { ProblemState } from "../../ui/ProblemState";
import { goneFrom, type HeldPage, type HeldRow } from "./held-rows";
import { type ShownRun, useRunsPlane } from "./plane";
import classes from "./run.module.css";
import { TargetsTable } from "./TargetsTable";
import { useHeldPage } from "./use-held-page";
import { isActive } from "./use-live-run";

const REFRESH_MILLISECONDS = 3_000;
/** Time between two fetches because targets moved on. */
const RECENT_MILLISECONDS = 1_000;

interface Props {
  run: ShownRun;
  /** Targets that workers hold, from the newest event: a row of one of them shows what the event says of it. */
  running: readonly (RunTarget | null)[];
  state: TargetState | undefined;
  cursor: string | undefined;
  limit?: number;
  label: string;
  /** Left out: only the first page is shown. */
  onPage?: (cursor: string | undefined) => void;
}

/** Targets of a run in the order of their tenants; while the run goes on, values change in place and rows stay. */
export function TargetList({ run, running, state, cursor, limit = 50, label, onPage }: Props) {
  const isMoving = isActive(run);
  const refetchInterval = isMoving ? REFRESH_MILLISECONDS : false;
  const targets = useRunsPlane().useTargets(run.id, { state, cursor, limit }, { refetchInterval });
  const fresh = targets.isPlaceholderData ? undefined : targets.data;
  const { held, showNew } = useHeldPage(`${state} ${cursor}`, fresh, targets.dataUpdatedAt);
  const holders = running.map((target) => target?.id ?? 0).join(" ");
  useRefetch(isMoving, useThrottledValue(holders, RECENT_MILLISECONDS), targets.refetch);
  if (!held) {
    return targets.isError ? (
      <ProblemState error={targets.error} onRetry={() => void targets.refetch()} />
    ) : (
      <Skeleton height={limit > 10 ? 320 : 120} aria-busy="true" />
    );
  }
  // Nothing moves under the pointer once the run has ended: then the list is what the server says.
  const rows = isMoving || !fresh ? held.rows : fresh.items.map((row) => ({ row, leftAt: null }));
  return (
    <div aria-busy={targets.isPlaceholderData}>
      {state && isMoving && <MovedOn held={held} onRefresh={showNew} />}
      {rows.length === 0 ? (
        <EmptyState title={state ? "No target stands there now" : "This run has no targets"} />
      ) : (
        <TargetsTable runId={run.id} rows={rows.map((row) => asInEvent(row, running))} label={label} />
      )}
      {onPage && (
        <FirstAndNext
          label="Pages of targets"
          isDeep={cursor !== undefined}
          nextCursor={isMoving || !fresh ? held.nextCursor : fresh.next_cursor}
          onPage={onPage}
        />
      )}
    </div>
  );
}

/** The row with the figures of the newest event, so that a page tells of a target in one way only. */
function asInEvent(held: HeldRow<RunTarget>, running: Props["running"]): HeldRow<RunTarget> {
  const now = held.leftAt === null ? running.find((target) => target?.id === held.row.id) : undefined;
  return now ? { ...held, row: now } : held;
}

/** Fetches again when the targets that workers hold are others: one that they held before has moved on. */
function useRefetch(isMoving: boolean, holders: string, refetch: () => unknown) {
  const seen = useRef(holders);
  useEffect(() => {
    if (isMoving && seen.current !== holders) refetch();
    seen.current = holders;
  }, [isMoving, holders, refetch]);
}

/** Announces what a list of one state would show anew, instead of showing it under the pointer. */
function MovedOn({ held, onRefresh }: { held: HeldPage<RunTarget>; onRefresh: () => void }) {
  const gone = goneFrom(held);
  const news = [
    held.waiting > 0 ? `${plural(held.waiting, "more target")}` : "",
    gone > 0 ? `${plural(gone, "target")} moved on` : "",
  ].filter(Boolean);
  return (
    <Group className={classes.refresh} aria-live="polite">
      {news.length > 0 && (
        <Button variant="default" size="xs" onClick={onRefresh}>
          {`${news.join(", ")} · Show`}
        </Button>
      )}
    </Group>
  );
}
