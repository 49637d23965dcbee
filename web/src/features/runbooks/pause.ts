import type { ApiProblem } from "../../api/problem";
import type { Decision } from "../../api/schema";

type Pause = Pick<Decision, "control_key" | "matched_scope_type" | "workspace_id" | "expires_at">;

/** The one pause that a refused start names; none where several workspaces are paused, each by its own. */
export function pauseOf(problem: ApiProblem): Pause | null {
  const { control_key, matched_scope_type: scope, workspace_id, expires_at } = problem;
  if (typeof control_key !== "string" || (scope !== "global" && scope !== "workspace")) return null;
  if (scope === "workspace" && typeof workspace_id !== "number") return null;
  return {
    control_key,
    matched_scope_type: scope,
    workspace_id: typeof workspace_id === "number" ? workspace_id : null,
    expires_at: typeof expires_at === "string" ? expires_at : null,
  };
}
