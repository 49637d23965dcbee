import { Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { type ApiProblem, asProblem } from "../../api/problem";
import type { Run } from "../../api/schema";
import { actionOf } from "../../ui/ActionButton";
import { ProblemState } from "../../ui/ProblemState";
import { type ReasonDraft, ReasonFields } from "../../ui/ReasonFields";
import { toast } from "../../ui/toast";
import { impactOf } from "./impact";
import { RunToastLink } from "./RunToastLink";
import { useIdempotencyKey } from "./use-idempotency-key";
import { refreshRun } from "./use-live-run";

interface Props {
  run: Run;
  onClose: () => void;
}

/** Asks for the reason before a new run goes over the failed targets of this one (RUN-11), and leads to that run. */
export function RetryFailedForm({ run, onClose }: Props) {
  const [reason, setReason] = useState<ReasonDraft>({ code: null, text: "" });
  const keyFor = useIdempotencyKey();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const retry = api.useMutation("post", "/api/v1/system/ops/runs/{id}/retry-failed");
  const impact = impactOf("retry_failed", run);
  const state = actionOf(run.actions, "retry_failed");
  const problem = retry.error ? asProblem(retry.error) : null;

  function send(event: FormEvent) {
    event.preventDefault();
    // Without a kind of reason there is no reason to send: the API says what is missing.
    const body = reason.code ? { reason: { code: reason.code, text: reason.text.trim() } } : {};
    retry.mutate(
      { params: { path: { id: run.id }, header: { "Idempotency-Key": keyFor(JSON.stringify(body)) } }, body },
      {
        onSuccess: (started) => {
          toast(
            started.deduplicated ? "A retry is active already" : "Retry asked for",
            <RunToastLink runId={started.id} />,
          );
          void navigate({ to: "/system/ops/runs/$runId", params: { runId: String(started.id) } });
        },
        onError: () => refreshRun(queries, run.id),
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
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={retry.isPending} disabled={!state?.allowed}>
            {impact.button}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function isShownAtFields(problem: ApiProblem): boolean {
  return (
    Boolean(problem.errors?.length) && (problem.errors ?? []).every(({ pointer }) => pointer.startsWith("/reason"))
  );
}
