import { Button, Group, Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { plural } from "../../lib/format";
import { KeysetPager } from "../../ui/KeysetPager";
import { ProblemState } from "../../ui/ProblemState";
import { type FreshPage, goneFrom, type HeldPage } from "./held-rows";
import { type ShownRun, useRunsPlane } from "./plane";
import { RunCards } from "./RunCards";
import { RunsSkeleton } from "./RunsSkeleton";
import { RunsTable } from "./RunsTable";
import classes from "./runs.module.css";
import { useHeldPage } from "./use-held-page";

/** How often a list that is live asks again. */
export const REFRESH_MILLISECONDS = 5_000;

interface Props {
  runs: UseQueryResult<FreshPage<ShownRun>, unknown>;
  /** Filters and page: rows of another view are not held. */
  view: string;
  /** Said where there is none. */
  nothing: ReactNode;
  isFirstPage: boolean;
  isLive: boolean;
  /** Left of the announcements. */
  tools?: ReactNode;
  onLive: (isLive: boolean) => void;
  onPage: (cursor: string | undefined) => void;
}

/** A page of runs: values change in place, rows stay, and what is new announces itself. */
export function RunList({ runs, view, nothing, isFirstPage, isLive, tools, onLive, onPage }: Props) {
  const { noun } = useRunsPlane();
  const { held, showNew } = useHeldPage(view, runs.isPlaceholderData ? undefined : runs.data, runs.dataUpdatedAt);
  const news = held ? newsOf(held, noun.toLowerCase()) : [];
  return (
    <>
      <Group className={classes.toolbar} justify="space-between" gap="sm">
        {tools}
        <div aria-live="polite" className={classes.announcement}>
          {news.length > 0 && (
            <Button variant="default" size="xs" onClick={showNew}>
              {`${news.join(", ")} · Show`}
            </Button>
          )}
        </div>
        <Switch
          label={isFirstPage ? "Live" : "Live on the newest page only"}
          checked={isLive}
          disabled={!isFirstPage}
          onChange={(event) => onLive(event.currentTarget.checked)}
        />
      </Group>
      <Content
        held={held}
        error={runs.isError && runs.data === undefined ? runs.error : null}
        isStale={runs.isPlaceholderData}
        nothing={nothing}
        onRetry={() => void runs.refetch()}
      />
      <KeysetPager
        isDeep={!isFirstPage}
        nextCursor={held?.nextCursor}
        onNewest={() => onPage(undefined)}
        onOlder={onPage}
      />
    </>
  );
}

/** What the list would show anew if somebody asked for it. */
function newsOf(held: HeldPage<ShownRun>, noun: string): string[] {
  const gone = goneFrom(held);
  return [
    held.waiting > 0 ? plural(held.waiting, `new ${noun}`) : "",
    gone > 0 ? `${plural(gone, noun)} moved on` : "",
  ].filter(Boolean);
}

interface ContentProps {
  held: HeldPage<ShownRun> | null;
  error: unknown;
  /** Rows of the view before, while those of this one are fetched. */
  isStale: boolean;
  nothing: ReactNode;
  onRetry: () => void;
}

function Content({ held, error, isStale, nothing, onRetry }: ContentProps) {
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  if (error) return <ProblemState error={error} onRetry={onRetry} />;
  if (!held) return <RunsSkeleton />;
  if (held.rows.length === 0) return nothing;
  const List = isPhone ? RunCards : RunsTable;
  return (
    <div aria-busy={isStale} data-stale={isStale || undefined} className={classes.content}>
      <List rows={held.rows} />
    </div>
  );
}
