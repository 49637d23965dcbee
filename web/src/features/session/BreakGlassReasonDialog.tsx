import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Asked, reasonAsked } from "../../api/break-glass";

const [SHORTEST, LONGEST] = [5, 500];

/** Asks for the reason of whatever is about to be sent under break-glass; the last one is there to be sent again. */
export function BreakGlassReasonDialog() {
  const asked = reasonAsked.use();
  const [reason, setReason] = useState("");
  return (
    <Modal
      opened={asked !== null}
      onClose={() => asked?.(null)}
      title="Break-glass: why?"
      zIndex={390}
      transitionProps={{ duration: 0 }}
    >
      {asked && <ReasonForm asked={asked} reason={reason} onChange={setReason} />}
    </Modal>
  );
}

interface FormProps {
  asked: Asked;
  reason: string;
  onChange: (reason: string) => void;
}

function ReasonForm({ asked, reason, onChange }: FormProps) {
  const [isTooShort, setTooShort] = useState(false);

  function give(event: FormEvent) {
    event.preventDefault();
    const text = reason.trim();
    if ([...text].length < SHORTEST) return setTooShort(true);
    asked(text);
  }

  return (
    <form onSubmit={give}>
      <Stack gap="sm">
        <Textarea
          label="Reason"
          description="Everything that is changed under break-glass needs one; it stays in the audit log."
          autosize
          minRows={2}
          maxLength={LONGEST}
          data-autofocus
          value={reason}
          onChange={(event) => onChange(event.currentTarget.value)}
          error={isTooShort ? `${SHORTEST} to ${LONGEST} characters are expected.` : undefined}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => asked(null)}>
            Do not send it
          </Button>
          <Button type="submit" color="red">
            Send it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
