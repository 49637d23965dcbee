import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { asProblem, fieldMessage } from "../../api/problem";
import type { Run } from "../../api/schema";
import { actionOf } from "../../ui/ActionButton";
import { ProblemState } from "../../ui/ProblemState";
import { toast } from "../../ui/toast";
import { impactOf } from "./impact";
import { runQuery } from "./queries";
import { RunToastLink } from "./RunToastLink";
import type { RunAction } from "./run-search";
import { refreshRun } from "./use-live-run";

type Change = Exclude<RunAction, "retry_failed">;

interface Props {
  run: Run;
  action: Change;
  onClose: () => void;
}

const ASKED: Record<Change, string> = { pause: "Pause", resume: "Resume", cancel: "Cancel" };

/** Asks before a run is paused, resumed or cancelled, with what that means and room for a reason. */
export function ChangeRunForm({ run, action, onClose }: Props) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const change = useChange(action);
  const impact = impactOf(action, run);
  const state = actionOf(run.actions, action);
  const problem = change.error ? asProblem(change.error) : null;
  const reasonError = problem ? fieldMessage(problem, "/reason") : undefined;

  function send(event: FormEvent) {
    event.preventDefault();
    const body = reason.trim() ? { reason: reason.trim() } : {};
    change.mutate(
      { params: { path: { id: run.id } }, body },
      {
        onSuccess: (changed) => {
          queries.setQueryData(runQuery(run.id).queryKey, changed);
          refreshRun(queries, run.id);
          toast(`${ASKED[action]} asked for`, <RunToastLink runId={run.id} />);
          onClose();
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
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            type="submit"
            color={action === "cancel" ? "red" : undefined}
            loading={change.isPending}
            disabled={!state?.allowed}
          >
            {impact.button}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function useChange(action: Change) {
  const pause = api.useMutation("post", "/api/v1/system/ops/runs/{id}/pause");
  const resume = api.useMutation("post", "/api/v1/system/ops/runs/{id}/resume");
  const cancel = api.useMutation("post", "/api/v1/system/ops/runs/{id}/cancel");
  return { pause, resume, cancel }[action];
}
