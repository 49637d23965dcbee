import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

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
