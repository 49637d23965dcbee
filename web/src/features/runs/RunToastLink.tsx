import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { asProblem } from "../../api/problem";
import { toast } from "../../ui/toast";

/** The way from a message to the run where its progress shows. */
export function RunToastLink({ runId }: { runId: number }) {
  return (
    <Anchor
      underline="always"
      inherit
      renderRoot={(props) => <Link to="/system/ops/runs/$runId" params={{ runId: String(runId) }} {...props} />}
    >
      Run {runId}
    </Anchor>
  );
}

/** Says what went wrong where the form that would have said it is gone. */
export function toastRefused(title: string, runId: number, error: unknown): void {
  const problem = asProblem(error);
  toast(
    title,
    <>
      {problem.detail || problem.title} <RunToastLink runId={runId} />
    </>,
  );
}
