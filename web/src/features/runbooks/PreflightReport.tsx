import { Stack } from "@mantine/core";
import type { Preflight } from "../../api/schema";
import { plural } from "../../lib/format";
import { DecisionSentence } from "../../ui/DecisionSentence";
import { EmptyState } from "../../ui/EmptyState";
import { Notice } from "../../ui/Notice";
import { BarTable } from "../../ui/preflight/BarTable";
import { changesOf } from "../../ui/preflight/changes";
import { Samples } from "../../ui/preflight/Samples";
import { ExcludedWorkspaces } from "./ExcludedWorkspaces";
import { OldFigures } from "./OldFigures";
import classes from "./Runbooks.module.css";
import { TenantBars } from "./TenantBars";

interface Props {
  preflight: Preflight;
  isExpired: boolean;
  /** When the runbook's last run ended. */
  lastRunAt: string | null;
  onAgain: () => void;
}

/** What a start would change: figures, then bars, then samples (RB-03, RB-04). */
export function PreflightReport({ preflight, isExpired, lastRunAt, onAgain }: Props) {
  const isNothing = preflight.affected_count === 0;
  const isPaused = preflight.scope.mode === "single_tenant" && preflight.control.effective_state === "paused";
  const isOutrun = lastRunAt !== null && Date.parse(lastRunAt) > Date.parse(preflight.computed_at);
  return (
    <Stack gap="md">
      <OldFigures isExpired={isExpired} isOutrun={isOutrun} onAgain={onAgain} />
      {isPaused && (
        <Notice title="A start over this tenant was stopped when this was counted">
          <DecisionSentence decision={preflight.control} workspaceName="its workspace" />
        </Notice>
      )}
      {isNothing && (
        <EmptyState title="Nothing to do">
          {preflight.total_count === 0
            ? "There is no finding in this scope."
            : `All ${plural(preflight.total_count, "finding")} of this scope are as they should be. No run is needed.`}
        </EmptyState>
      )}
      <ExcludedWorkspaces excluded={preflight.excluded} />
      {!isNothing && (
        <>
          <div className={classes.columns}>
            <BarTable
              caption="By change"
              heading="Change"
              note="A finding can count in several."
              rows={changesOf(preflight.by_change)}
            />
            {preflight.scope.mode === "all_tenants" && <TenantBars preflight={preflight} />}
          </div>
          <Samples preflight={preflight} order={4} />
        </>
      )}
    </Stack>
  );
}
