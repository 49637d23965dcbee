import { getRouteApi } from "@tanstack/react-router";
import type { Run } from "../../api/schema";
import { ChangeRunDialog } from "./ChangeRunDialog";
import { RetryFailedDialog } from "./RetryFailedDialog";

const route = getRouteApi("/system/ops/runs/$runId");

/** The dialog that the address names, if it names one. */
export function RunDialogs({ run }: { run: Run }) {
  const { dialog } = route.useSearch();
  const navigate = route.useNavigate();
  const close = () => void navigate({ search: (now) => ({ ...now, dialog: undefined }), resetScroll: false });
  if (dialog === undefined) return null;
  if (dialog === "retry_failed") return <RetryFailedDialog run={run} onClose={close} />;
  return <ChangeRunDialog key={dialog} run={run} action={dialog} onClose={close} />;
}
