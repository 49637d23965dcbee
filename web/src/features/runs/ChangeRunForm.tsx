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
import type { RunAction } from "./run-search";
import { SYSTEM_PLANE } from "./system-plane";
import { refreshRun } from "./use-live-run";

type Change = Exclude<RunAction, "retry_failed" | "acknowledge">;

interface Props {
  run: ShownRun;
  action: Change;
  onSending: (isSending: boolean) => void;
  onClose: () => void;
}

const ASKED: Record<Change, string> = { pause: "Pause", resume: "Resume", cancel: "Cancel" };

/** Asks before a run is paused, resumed or cancelled, with what that means and room for a reason. */
export function ChangeRunForm({ run, action, onSending, onClose }: Props) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  // The outcome is told wherever the reader is by then, so it does not hang on the form that asked.
  const change = useChange(action, {
    onSuccess: (changed) => {
      queries.setQueryData(runQuery(run.id).queryKey, changed);
      refreshRun(queries, SYSTEM_PLANE, run.id);
      toast(`${ASKED[action]} asked for`, <RunToastLink runId={run.id} />);
    },
    onError: (error) => {
      refreshRun(queries, SYSTEM_PLANE, run.id);
      if (!isShown.current) toastRefused(`${ASKED[action]} did not go through`, run.id, error);
    },
  });
  const isShown = useSending(change.isPending, onSending);
  const impact = impactOf(action, run);
  const state = actionOf(run.actions, action);
  const problem = change.error ? asProblem(change.error) : null;
  const reasonError = problem ? fieldMessage(problem, "/reason") : undefined;

  function send(event: FormEvent) {
    event.preventDefault();
    const body = reason.trim() ? { reason: reason.trim() } : {};
    change.mutate({ params: { path: { id: run.id } }, body }, { onSuccess: onClose });
  }

  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {impact.sentences.map((sentence) => (
          <Text key={sentence}>{sentence}</Text>
        ))}
        <Textarea
          label="Reason (optional)"
          description="Up to 500 characters; it stays in the audit trail."
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={reasonError}
        />
        {problem && !reasonError && <ProblemState error={change.error} />}
        {!state?.allowed && !change.isPending && <Text>{state?.reason ?? "This cannot be done now."}</Text>}
        <FormButtons
          word={impact.button}
          isBusy={change.isPending}
          isDisabled={!state?.allowed}
          color={action === "cancel" ? "red" : undefined}
          onClose={onClose}
        />
      </Stack>
    </form>
  );
}

interface Outcome {
  onSuccess: (changed: ShownRun) => void;
  onError: (error: unknown) => void;
}

function useChange(action: Change, outcome: Outcome) {
  const pause = api.useMutation("post", "/api/v1/system/ops/runs/{id}/pause", outcome);
  const resume = api.useMutation("post", "/api/v1/system/ops/runs/{id}/resume", outcome);
  const cancel = api.useMutation("post", "/api/v1/system/ops/runs/{id}/cancel", outcome);
  return { pause, resume, cancel }[action];
}
