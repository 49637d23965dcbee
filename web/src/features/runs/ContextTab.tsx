import { Anchor, Code } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { count, plural, words } from "../../lib/format";
import { DecisionSentence } from "../../ui/DecisionSentence";
import { Fact, Facts } from "../../ui/Facts";
import { REASON_CODES } from "../../ui/ReasonFields";
import { type ShownRun, useRunsPlane } from "./plane";
import { scopeLabel } from "./queries";
import classes from "./run.module.css";
import { type ExcludedWorkspace, runContext } from "./run-context";

/** Which way a start came in. */
const SOURCES: Record<string, string> = {
  system_ui: "Operators' pages",
  api: "API",
  cli: "Command line",
  deploy_hook: "Deployment",
  tenant_ui: "Tenant's pages",
};

/** Under which circumstances a run was started (RUN-08): readable first, as it is stored below. */
export function ContextTab({ run }: { run: ShownRun }) {
  const { name, typeLabel } = useRunsPlane();
  const context = runContext(run.context);
  const { preflight, reason, initiator, excluded, retryOfRunId, typedBy } = context;
  return (
    <>
      <Facts isPage>
        <Fact name="Runbook">
          {typeLabel(run)} <Code>{context.runbookKey ?? run.type}</Code>
        </Fact>
        <Fact name="Scope">{scopeLabel(run)}</Fact>
        {retryOfRunId !== null && (
          <Fact name="Retry of">
            <Anchor
              underline="always"
              inherit
              renderRoot={(props) => (
                <Link to="/system/ops/runs/$runId" params={{ runId: String(retryOfRunId) }} {...props} />
              )}
            >
              Run {retryOfRunId}
            </Anchor>
          </Fact>
        )}
        {context.source && <Fact name="Started from">{SOURCES[context.source] ?? words(context.source)}</Fact>}
        <Fact name="Started by">
          {initiator ? `${initiator.name} (${initiator.email})` : run.initiator.name}
          {initiator?.isBreakGlass && ", under break-glass"}
          {typedBy && run.initiator.type !== "cli" && `, typed on the command line by ${typedBy}`}
        </Fact>
        {reason && (
          <Fact name="Reason">
            {REASON_CODES.find(({ value }) => value === reason.code)?.label ?? reason.code}: {reason.text}
          </Fact>
        )}
        <Fact name="Confirmed forecast">
          {preflight
            ? `${count(preflight.affected)} of ${plural(preflight.total, "finding")} in ${plural(preflight.tenants, "tenant")} would change`
            : "None: the run was started without a preflight"}
        </Fact>
        {name === "system" && (
          <Fact name="Left out">
            {excluded.length === 0 ? "No workspace" : excluded.map((one) => <LeftOut key={one.name} workspace={one} />)}
          </Fact>
        )}
      </Facts>
      <details className={classes.stored}>
        <summary>As stored</summary>
        <Code block tabIndex={0} className={classes.raw}>
          {JSON.stringify(run.context, null, 2)}
        </Code>
      </details>
    </>
  );
}

function LeftOut({ workspace }: { workspace: ExcludedWorkspace }) {
  return (
    <div>
      {workspace.name} ({plural(workspace.tenantCount, "tenant")})
      {workspace.decision && (
        <>
          : <DecisionSentence decision={workspace.decision} workspaceName={workspace.name} />
        </>
      )}
    </div>
  );
}
