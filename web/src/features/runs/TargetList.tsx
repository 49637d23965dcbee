import { Button, Group, Skeleton } from "@mantine/core";
import { useState } from "react";
import type { RunTarget, TargetState } from "../../api/schema";
import { plural } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { FirstAndNext } from "../../ui/FirstAndNext";
import { ProblemState } from "../../ui/ProblemState";
import { goneFrom, type HeldPage } from "./held-rows";
import { type ShownRun, useRunsPlane } from "./plane";
import classes from "./run.module.css";
import { TargetsTable } from "./TargetsTable";
import { useHeldPage } from "./use-held-page";
import { isActive } from "./use-live-run";

const REFRESH_MILLISECONDS = 3_000;

interface Props {
  run: ShownRun;
  state: TargetState | undefined;
  cursor: string | undefined;
  limit?: number;
  label: string;
  /** Left out: only the first page is shown. */
  onPage?: (cursor: string | undefined) => void;
}

/** Targets of a run in the order of their tenants; while the run goes on, values change in place and rows stay. */
export function TargetList({ run, state, cursor, limit = 50, label, onPage }: Props) {
  // Also after the run has ended: what left the list before is still shown as it was.
  const [mayMove] = useState(isActive(run));
  const refetchInterval = isActive(run) ? REFRESH_MILLISECONDS : false;
  const targets = useRunsPlane().useTargets(run.id, { state, cursor, limit }, { refetchInterval });
  const fresh = targets.isPlaceholderData ? undefined : targets.data;
  const { held, showNew } = useHeldPage(`${state} ${cursor}`, fresh, targets.dataUpdatedAt);
  if (!held) {
    return targets.isError ? (
      <ProblemState error={targets.error} onRetry={() => void targets.refetch()} />
    ) : (
      <Skeleton height={limit > 10 ? 320 : 120} aria-busy="true" />
    );
  }
  return (
    <div aria-busy={targets.isPlaceholderData}>
      {state && mayMove && <MovedOn held={held} onRefresh={showNew} />}
      {held.rows.length === 0 ? (
        <EmptyState title={state ? "No target stands there now" : "This run has no targets"} />
      ) : (
        <TargetsTable runId={run.id} rows={held.rows} label={label} />
      )}
      {onPage && (
        <FirstAndNext
          label="Pages of targets"
          isDeep={cursor !== undefined}
          nextCursor={held.nextCursor}
          onPage={onPage}
        />
      )}
    </div>
  );
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
