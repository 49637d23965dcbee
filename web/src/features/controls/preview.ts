import { api } from "../../api/client";
import type { ControlAction, Impact, PreviewBody, ScopePreview } from "../../api/schema";

/** Whom a pause or its end would concern; a question, though it is sent with a body. */
export const previewQuery = (
  key: string,
  action: ControlAction,
  { scope_type, workspace_id, moved_from }: Pick<PreviewBody, "scope_type" | "workspace_id" | "moved_from">,
) =>
  api.queryOptions("post", "/api/v1/system/ops/controls/{key}/preview", {
    params: { path: { key } },
    body: {
      action,
      scope_type,
      ...(workspace_id == null ? {} : { workspace_id }),
      ...(moved_from ? { moved_from } : {}),
    },
  });

/** The counts of a preview, as they are sent along with what was decided on them. */
export function impactOf({ workspace_count, tenant_count, active_run_count, freed }: ScopePreview): Impact {
  return { workspace_count, tenant_count, active_run_count, ...(freed ? { freed } : {}) };
}
