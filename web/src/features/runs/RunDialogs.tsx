import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { AcknowledgeForm } from "./AcknowledgeForm";
import { ChangeRunForm } from "./ChangeRunForm";
import { impactOf } from "./impact";
import type { ShownRun } from "./plane";
import { RetryFailedForm } from "./RetryFailedForm";

const route = getRouteApi("/system/ops/runs/$runId");

/** The dialog that the address names, if it names one. While a request is on its way it stays open. */
export function RunDialogs({ run }: { run: ShownRun }) {
  const { dialog } = route.useSearch();
  const navigate = route.useNavigate();
  const isPhone = useMediaQuery("(max-width: 30em)", false, { getInitialValueInEffect: false });
  // What is closing stays as it was until it is gone; only a dialog that closes gives the focus back.
  const [shown, setShown] = useState(dialog);
  if (dialog !== undefined && dialog !== shown) setShown(dialog);
  const [isSending, setSending] = useState(false);
  // Belongs to the page: a retry of which nobody knows whether it arrived keeps its key when the dialog is opened again.
  const retryKey = useIdempotencyKey();
  // Replaced, so that the browser's way back does not open a dialog that was left.
  const close = () =>
    void navigate({ search: (now) => ({ ...now, dialog: undefined }), replace: true, resetScroll: false });
  const form = { run, onSending: setSending, onClose: close };
  return (
    <Modal
      opened={dialog !== undefined}
      onClose={() => !isSending && close()}
      closeOnClickOutside={false}
      title={shown && impactOf(shown, run).title}
      fullScreen={isPhone}
    >
      {shown === "retry_failed" && <RetryFailedForm {...form} retryKey={retryKey} />}
      {shown === "acknowledge" && <AcknowledgeForm {...form} />}
      {shown && shown !== "retry_failed" && shown !== "acknowledge" && (
        <ChangeRunForm key={shown} {...form} action={shown} />
      )}
    </Modal>
  );
}
