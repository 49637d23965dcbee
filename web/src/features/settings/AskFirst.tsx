import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemState } from "../../ui/ProblemState";

interface Props {
  title: string;
  /** What it means; without it nothing is asked. */
  question: ReactNode;
  button: string;
  request: { isPending: boolean; error: unknown; reset: () => void };
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is ended that does not come back. */
export function AskFirst({ title, question, button, request, onConfirm, onClose }: Props) {
  function close() {
    if (request.isPending) return;
    request.reset();
    onClose();
  }
  return (
    <Modal opened={Boolean(question)} onClose={close} title={title} transitionProps={{ duration: 0 }}>
      <Stack gap="sm">
        <Text>{question}</Text>
        {request.error !== null && <ProblemState error={request.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" disabled={request.isPending} onClick={close}>
            Back
          </Button>
          <Button color="red" loading={request.isPending} onClick={onConfirm}>
            {button}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
