import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Run } from "../../api/schema";
import { ChangeRunForm } from "./ChangeRunForm";
import { impactOf } from "./impact";
import { RetryFailedForm } from "./RetryFailedForm";

const route = getRouteApi("/system/ops/runs/$runId");

/** The dialog that the address names, if it names one. */
export function RunDialogs({ run }: { run: Run }) {
  const { dialog } = route.useSearch();
  const navigate = route.useNavigate();
  const isPhone = useMediaQuery("(max-width: 30em)", false, { getInitialValueInEffect: false });
  // What is closing stays as it was until it is gone; only a dialog that closes gives the focus back.
  const [shown, setShown] = useState(dialog);
  if (dialog !== undefined && dialog !== shown) setShown(dialog);
  const close = () => void navigate({ search: (now) => ({ ...now, dialog: undefined }), resetScroll: false });
  return (
    <Modal
      opened={dialog !== undefined}
      onClose={close}
      title={shown && impactOf(shown, run).title}
      fullScreen={isPhone}
    >
      {shown === "retry_failed" && <RetryFailedForm run={run} onClose={close} />}
      {shown && shown !== "retry_failed" && <ChangeRunForm key={shown} run={run} action={shown} onClose={close} />}
    </Modal>
  );
}
