import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { useOperator } from "../../api/me";
import type { Decision } from "../../api/schema";
import { LIVE_MILLISECONDS } from "./queries";

type Paused = Pick<Decision, "control_key" | "matched_scope_type" | "workspace_id">;

/** Who paused it, as fresh as the sentence beside it. Who may not see controls does not ask, and reads the sentence without. */
export function PausedBy({ decision }: { decision: Paused }) {
  const { capabilities } = useOperator();
  const control = useQuery(
    api.queryOptions(
      "get",
      "/api/v1/system/ops/controls/{key}",
      { params: { path: { key: decision.control_key } } },
      {
        retry: false,
        enabled: capabilities.includes("platform.ops.controls.manage"),
        refetchInterval: LIVE_MILLISECONDS,
      },
    ),
  );
  const activation = control.data?.activations.find(
    (candidate) =>
      candidate.scope_type === decision.matched_scope_type &&
      (candidate.workspace_id ?? null) === (decision.workspace_id ?? null),
  );
  return activation ? ` (by ${activation.owner_name})` : null;
}
