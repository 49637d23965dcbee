import { Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useEffect, useId, useRef, useState } from "react";
import type { Run, Runbook } from "../../api/schema";
import { plural } from "../../lib/format";
import { ActionButton } from "../../ui/ActionButton";
import { EmptyState } from "../../ui/EmptyState";
import { ProblemState } from "../../ui/ProblemState";
import { headline } from "../../ui/preflight/headline";
import { expectedDuration, startState } from "./figures";
import { PreflightAge } from "./PreflightAge";
import { PreflightReport } from "./PreflightReport";
import { PreflightSkeleton } from "./PreflightSkeleton";
import { useHasPassed, usePreflight } from "./queries";
import classes from "./Runbooks.module.css";
import { ScopeFields } from "./ScopeFields";
import { StartDialog } from "./StartDialog";
import { useScope } from "./use-scope";

/** The open runbook: over which tenants, what would change, and the start (WEB-02). */
export function RunbookPanel({ runbook }: { runbook: Runbook }) {
  const titleId = useId();
  const view = useScope(runbook);
  const forecast = usePreflight(runbook.key, view.scope);
  const { preflight, problem } = forecast;
  const isExpired = useHasPassed(preflight?.expires_at);
  const [isStarting, dialog] = useDisclosure(false);
  const title = useRef<HTMLHeadingElement>(null);
  const [isFocusDue, setFocusDue] = useState(false);

  // The confirmed figures go after a start, and with them the dialog and the button that it would give the focus back to.
  useEffect(() => {
    if (!isFocusDue || preflight) return;
    title.current?.focus();
    setFocusDue(false);
  }, [isFocusDue, preflight]);

  function started(run: Run) {
    dialog.close();
    if (run.deduplicated) return;
    setFocusDue(true);
    void forecast.forget();
  }

  // What the address names wrongly is said at its field.
  const isShown = problem !== null && problem.status !== 401 && !problem.errors?.length;
  return (
    <div className={classes.panel}>
      <ScopeFields runbook={runbook} view={view} forecast={forecast} />
      <section className={classes.preflight} aria-labelledby={titleId}>
        <div className={classes.title}>
          <Title order={3} id={titleId} ref={title} tabIndex={-1}>
            Preflight
          </Title>
          <Text fz="lg" fw={600} mih={28} aria-live="polite">
            {forecast.isPending ? "Counting what would change" : preflight && headline(preflight)}
          </Text>
          {preflight && preflight.affected_count > 0 && (
            <Text>{plural(preflight.overdue_after, "finding is", "findings are")} overdue afterwards.</Text>
          )}
          {preflight && preflight.affected_count > 0 && runbook.usual_pace && (
            <Text>{expectedDuration(preflight.total_count, runbook.usual_pace)}</Text>
          )}
          {preflight && <PreflightAge preflight={preflight} isExpired={isExpired} />}
        </div>
        {preflight?.affected_count !== 0 && (
          <div className={classes.start}>
            <ActionButton state={startState(runbook, preflight)} onClick={dialog.open}>
              Start run…
            </ActionButton>
          </div>
        )}
        <div className={classes.body}>
          {isShown && <ProblemState error={problem} onRetry={forecast.run} />}
          {preflight && (
            <PreflightReport
              preflight={preflight}
              isExpired={isExpired}
              lastRunAt={runbook.last_run?.completed_at ?? null}
              onAgain={forecast.run}
            />
          )}
          {!preflight && forecast.isPending && <PreflightSkeleton />}
          {!preflight && !forecast.isPending && !isShown && (
            <EmptyState title="No preflight of this scope yet">
              Run one to see how many findings would change, in which tenants and how.
            </EmptyState>
          )}
        </div>
      </section>
      {preflight && (
        <StartDialog
          runbook={runbook}
          preflight={preflight}
          forecast={forecast}
          isOpen={isStarting}
          onStarted={started}
          onClose={dialog.close}
        />
      )}
    </div>
  );
}
