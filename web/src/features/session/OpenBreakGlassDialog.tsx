import { Modal, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { meQuery } from "../../api/me";
import { asProblem, fieldMessage } from "../../api/problem";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";

interface Props {
  isOpen: boolean;
  onClose: () => void;
}

/** Asks why and for how long before this session may do nearly everything (ACC-06). */
export function OpenBreakGlassDialog({ isOpen, onClose }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Open break-glass" transitionProps={{ duration: 0 }}>
      <BreakGlassForm onClose={onClose} />
    </Modal>
  );
}

function BreakGlassForm({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<number | string>(30);
  const key = useIdempotencyKey();
  const open = api.useMutation("post", "/api/v1/system/auth/break-glass");
  const problem = open.error ? asProblem(open.error) : null;
  const [reasonError, minutesError] = [fieldMessage(problem, "/reason"), fieldMessage(problem, "/minutes")];

  async function send(event: FormEvent) {
    event.preventDefault();
    const body = { reason, minutes: Number(minutes) };
    const params = { header: { "Idempotency-Key": key.of(body) } };
    const answer = await open.mutateAsync({ params, body }).catch(() => null);
    if (!answer) return;
    queries.setQueryData(meQuery().queryKey, answer);
    onClose();
    // More may be seen and done now than a moment ago.
    await queries.invalidateQueries();
  }

  return (
    <form onSubmit={(event) => void send(event)}>
      <Stack gap="sm">
        <Text>
          Until it ends, this session may do everything but administer operators. Each change needs a reason and is
          recorded as done under break-glass. Paused controls stay paused.
        </Text>
        <Textarea
          label="Reason"
          description="5 to 500 characters; it stays in the audit log."
          autosize
          minRows={2}
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={reasonError}
        />
        <NumberInput
          label="Minutes"
          description="1 to 60; it ends by itself."
          min={1}
          max={60}
          allowDecimal={false}
          value={minutes}
          onChange={setMinutes}
          error={minutesError}
        />
        {problem && !reasonError && !minutesError && <ProblemState error={open.error} />}
        <FormButtons word="Open break-glass" isBusy={open.isPending} color="red" onClose={onClose} />
      </Stack>
    </form>
  );
}
