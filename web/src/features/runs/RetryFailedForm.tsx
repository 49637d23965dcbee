import { Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { type ApiProblem, asProblem } from "../../api/problem";
import { actionOf } from "../../ui/ActionButton";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { type ReasonDraft, ReasonFields } from "../../ui/ReasonFields";
import { toast } from "../../ui/toast";
import type { IdempotencyKey } from "../../ui/use-idempotency-key";
import { useSending } from "../../ui/use-sending";
import { impactOf } from "./impact";
import type { ShownRun } from "./plane";
import { RunToastLink, toastRefused } from "./RunToastLink";
import { SYSTEM_PLANE } from "./system-plane";
import { refreshRun } from "./use-live-run";

interface Props {
  run: ShownRun;
  retryKey: IdempotencyKey;
  onSending: (isSending: boolean) => void;
  onClose: () => void;
}

/** Asks for the reason before a new run goes over the failed targets of this one (RUN-11), and leads to that run. */
export function RetryFailedForm({ run, retryKey, onSending, onClose }: Props) {
  const [reason, setReason] = useState<ReasonDraft>({ code: null, text: "" });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const retry = api.useMutation("post", "/api/v1/system/ops/runs/{id}/retry-failed", {
    // A retry that was started is told wherever the reader is by then, so it does not hang on the form that asked.
    onSuccess: (started) => {
      retryKey.forget();
      toast(
        started.deduplicated ? "A retry is active already" : "Retry asked for",
        <RunToastLink runId={started.id} />,
      );
    },
    onError: (error) => {
      refreshRun(queries, SYSTEM_PLANE, run.id);
      if (!isShown.current) toastRefused("Retry did not go through", run.id, error);
    },
  });
  const isShown = useSending(retry.isPending, onSending);
  const impact = impactOf("retry_failed", run);
  const state = actionOf(run.actions, "retry_failed");
  const problem = retry.error ? asProblem(retry.error) : null;

  function send(event: FormEvent) {
    event.preventDefault();
    // Without a kind of reason there is no reason to send: the API says what is missing.
    const body = reason.code ? { reason: { code: reason.code, text: reason.text.trim() } } : {};
    retry.mutate(
      { params: { path: { id: run.id }, header: { "Idempotency-Key": retryKey.of(body) } }, body },
      {
        // Who has left the form meanwhile is not taken elsewhere: the message has the link. Replaced, so that the
        // browser's way back does not open the form again.
        onSuccess: ({ id }) =>
          void navigate({ to: "/system/ops/runs/$runId", params: { runId: String(id) }, replace: true }),
      },
    );
  }

  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {impact.sentences.map((sentence) => (
          <Text key={sentence}>{sentence}</Text>
        ))}
        <ReasonFields value={reason} onChange={setReason} problem={problem} />
        {problem && !isShownAtFields(problem) && <ProblemState error={retry.error} />}
        {!state?.allowed && !retry.isPending && <Text>{state?.reason ?? "This cannot be done now."}</Text>}
        <FormButtons word={impact.button} isBusy={retry.isPending} isDisabled={!state?.allowed} onClose={onClose} />
      </Stack>
    </form>
  );
}

function isShownAtFields(problem: ApiProblem): boolean {
  return (
    Boolean(problem.errors?.length) && (problem.errors ?? []).every(({ pointer }) => pointer.startsWith("/reason"))
  );
}
