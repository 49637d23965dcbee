import { Anchor, Group } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ActionButton, actionOf } from "../../ui/ActionButton";
import { PageHeader } from "../../ui/PageHeader";
import { RunStateBadge } from "../../ui/RunStateBadge";
import { Time } from "../../ui/Time";
import { type ShownRun, useRunsPlane } from "./plane";
import { scopeLabel } from "./queries";
import classes from "./run.module.css";
import { runContext } from "./run-context";
import type { RunAction } from "./run-search";

const route = getRouteApi("/system/ops/runs/$runId");

/** Whether there is a failure to take note of. */
function isFailure({ outcome }: ShownRun): boolean {
  return outcome === "failed" || outcome === "partially_succeeded" || outcome === "blocked";
}

/** Which run it is, how it stands, and what may be done with it, with the reason where it may not. */
export function RunHeader({ run }: { run: ShownRun }) {
  const { typeLabel } = useRunsPlane();
  const navigate = route.useNavigate();
  const { retryOfRunId, typedBy } = runContext(run.context);
  const open = (dialog: RunAction) => () =>
    void navigate({ search: (now) => ({ ...now, dialog }), resetScroll: false });
  return (
    <PageHeader
      section="Ops / Runs"
      title={`Run ${run.id}`}
      lead={
        <>
          {typeLabel(run)} · {scopeLabel(run)} · {run.workspace.name} · {run.initiator.name}
          {typedBy && run.initiator.type !== "cli" && `, typed by ${typedBy}`}, <Time value={run.created_at} />
          {retryOfRunId !== null && (
            <>
              {" · "}
              <Anchor
                underline="always"
                inherit
                renderRoot={(props) => (
                  <Link to="/system/ops/runs/$runId" params={{ runId: String(retryOfRunId) }} {...props} />
                )}
              >
                Retry of run {retryOfRunId}
              </Anchor>
            </>
          )}
        </>
      }
      actions={
        <Group gap="xs" align="flex-start" className={classes.actions}>
          <div className={classes.badge}>
            <RunStateBadge run={run} />
          </div>
          {run.paused_at ? (
            <ActionButton variant="default" state={actionOf(run.actions, "resume")} onClick={open("resume")}>
              Resume…
            </ActionButton>
          ) : (
            <ActionButton variant="default" state={actionOf(run.actions, "pause")} onClick={open("pause")}>
              Pause…
            </ActionButton>
          )}
          <ActionButton variant="default" state={actionOf(run.actions, "cancel")} onClick={open("cancel")}>
            Cancel…
          </ActionButton>
          <ActionButton state={actionOf(run.actions, "retry_failed")} onClick={open("retry_failed")}>
            Retry failed…
          </ActionButton>
          {isFailure(run) && (
            <ActionButton variant="default" state={actionOf(run.actions, "acknowledge")} onClick={open("acknowledge")}>
              Acknowledge…
            </ActionButton>
          )}
        </Group>
      }
    />
  );
}
