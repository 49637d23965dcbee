import { Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { asProblem, fieldMessage } from "../../api/problem";
import { actionOf } from "../../ui/ActionButton";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { toast } from "../../ui/toast";
import { useSending } from "../../ui/use-sending";
import { impactOf } from "./impact";
import type { ShownRun } from "./plane";
import { runQuery } from "./queries";
import { RunToastLink, toastRefused } from "./RunToastLink";
import { SYSTEM_PLANE } from "./system-plane";
import { refreshRun } from "./use-live-run";

interface Props {
  run: ShownRun;
  onSending: (isSending: boolean) => void;
  onClose: () => void;
}

/** Asks for the note that goes with taking note of a failure (RUN-18). */
export function AcknowledgeForm({ run, onSending, onClose }: Props) {
  const [note, setNote] = useState("");
  const queries = useQueryClient();
  const acknowledge = api.useMutation("post", "/api/v1/system/ops/runs/{id}/acknowledge", {
    onSuccess: (changed) => {
      queries.setQueryData(runQuery(run.id).queryKey, changed);
      refreshRun(queries, SYSTEM_PLANE, run.id);
      toast("Failure acknowledged", <RunToastLink runId={run.id} />);
    },
    onError: (error) => {
      refreshRun(queries, SYSTEM_PLANE, run.id);
      if (!isShown.current) toastRefused("Acknowledging did not go through", run.id, error);
    },
  });
  const isShown = useSending(acknowledge.isPending, onSending);
  const impact = impactOf("acknowledge", run);
  const state = actionOf(run.actions, "acknowledge");
  const problem = acknowledge.error ? asProblem(acknowledge.error) : null;
  const noteError = problem ? fieldMessage(problem, "/note") : undefined;

  function send(event: FormEvent) {
    event.preventDefault();
    acknowledge.mutate({ params: { path: { id: run.id } }, body: { note: note.trim() } }, { onSuccess: onClose });
  }

  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {impact.sentences.map((sentence) => (
          <Text key={sentence}>{sentence}</Text>
        ))}
        <Textarea
          label="Note"
          description="What is known of it, or is being done about it: up to 500 characters. It stays with the run and in the audit trail."
          required
          autosize
          minRows={2}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          error={noteError}
        />
        {problem && !noteError && <ProblemState error={acknowledge.error} />}
        {!state?.allowed && !acknowledge.isPending && <Text>{state?.reason ?? "This cannot be done now."}</Text>}
        <FormButtons
          word={impact.button}
          isBusy={acknowledge.isPending}
          isDisabled={!state?.allowed}
          onClose={onClose}
        />
      </Stack>
    </form>
  );
}
