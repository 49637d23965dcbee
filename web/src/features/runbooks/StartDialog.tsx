import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import type { Preflight, Run, Runbook } from "../../api/schema";
import { inSentence } from "../../lib/format";
import type { usePreflight } from "./queries";
import { StartForm } from "./StartForm";

interface Props {
  runbook: Runbook;
  preflight: Preflight;
  forecast: ReturnType<typeof usePreflight>;
  isOpen: boolean;
  onStarted: (run: Run) => void;
  onClose: () => void;
}

/** Asks for everything that makes a start deliberate (RB-05). While a start is on its way it stays open. */
export function StartDialog({ runbook, preflight, forecast, isOpen, onStarted, onClose }: Props) {
  const isPhone = useMediaQuery("(max-width: 30em)");
  const [isSending, setSending] = useState(false);
  const close = () => !isSending && onClose();
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      closeOnClickOutside={false}
      title={`Start ${inSentence(runbook.label)}`}
      size="lg"
      fullScreen={isPhone}
    >
      <StartForm
        runbook={runbook}
        preflight={preflight}
        forecast={forecast}
        onSending={setSending}
        onStarted={onStarted}
        onClose={onClose}
      />
    </Modal>
  );
}
