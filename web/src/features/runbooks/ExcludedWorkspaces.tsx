import { Text } from "@mantine/core";
import type { Preflight } from "../../api/schema";
import { plural } from "../../lib/format";
import { DecisionSentence } from "../../ui/DecisionSentence";
import { Notice } from "../../ui/Notice";

/** Workspaces that a start leaves out because they are paused individually, with the reason of each (CTL-13). */
export function ExcludedWorkspaces({ excluded }: Pick<Preflight, "excluded">) {
  if (excluded.length === 0) return null;
  const tenants = excluded.reduce((sum, workspace) => sum + workspace.tenant_count, 0);
  return (
    <Notice title={`${plural(tenants, "tenant")} in ${plural(excluded.length, "workspace")} left out`}>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {excluded.map((workspace) => (
          <li key={workspace.workspace_id}>
            <Text span style={{ overflowWrap: "anywhere" }}>
              {workspace.name}, {plural(workspace.tenant_count, "tenant")}.{" "}
              <DecisionSentence decision={workspace.decision} workspaceName={workspace.name} />
            </Text>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
