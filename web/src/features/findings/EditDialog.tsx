import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { EditForm } from "./EditForm";
import type { Seen } from "./queries";

interface Props {
  seen: Seen;
  isOpen: boolean;
  onClose: () => Promise<void>;
}

/** Asks for what is to become of a finding. While a request is on its way it stays open. */
export function EditDialog({ seen, isOpen, onClose }: Props) {
  const isPhone = useMediaQuery("(max-width: 30em)", false, { getInitialValueInEffect: false });
  const [isSending, setSending] = useState(false);
  return (
    <Modal
      opened={isOpen}
      onClose={() => !isSending && void onClose()}
      title={`Change finding ${seen.finding.id}`}
      size="lg"
      fullScreen={isPhone}
      closeOnClickOutside={false}
    >
      <EditForm first={seen} onSending={setSending} onClose={onClose} />
    </Modal>
  );
}
