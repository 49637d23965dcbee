import { Anchor } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Run, Runbook, StartRunBody } from "../../api/schema";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { runbooksQuery } from "./queries";

/** Starts a run. The same body sent again has the same `Idempotency-Key`, so that it is one start however often it arrives. */
export function useStart(runbook: Runbook, onStarted: (run: Run) => void) {
  const queries = useQueryClient();
  const key = useIdempotencyKey();
  const request = api.useMutation("post", "/api/v1/system/ops/runbooks/{key}/runs", {
    onSuccess: (run) => {
      sayWhatWasAsked(runbook, run);
      onStarted(run);
    },
    // A refusal may tell of a pause or a run that the card does not show yet.
    onSettled: () => queries.invalidateQueries({ queryKey: runbooksQuery().queryKey }),
  });
  function send(body: StartRunBody) {
    const params = { path: { key: runbook.key }, header: { "Idempotency-Key": key.of(body) } };
    return request.mutateAsync({ params, body });
  }
  return { send, isPending: request.isPending, problem: request.isError ? asProblem(request.error) : null };
}

function sayWhatWasAsked(runbook: Runbook, run: Run): void {
  const title = run.deduplicated ? `Run ${run.id} is active already` : `Start of run ${run.id} asked for`;
  toast(
    title,
    <>
      {run.deduplicated ? "No second run was started. " : `${runbook.label}, ${run.tenant?.name ?? "all tenants"}. `}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => <Link to="/system/ops/runs/$runId" params={{ runId: String(run.id) }} {...props} />}
      >
        Open run {run.id}
      </Anchor>
    </>,
  );
}
