import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { serverAway } from "../api/query-client";

const LOOK_AGAIN_MILLISECONDS = 3_000;

/** Says that what is shown may be old, while the server does not answer, and fetches everything again when it does. */
export function ConnectionBanner() {
  const isAway = serverAway.use();
  const queries = useQueryClient();
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(async () => {
      const answer = await fetch("/readyz").catch(() => null);
      if (!answer?.ok) return;
      serverAway.set(false);
      await queries.refetchQueries({ type: "active" });
    }, LOOK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, [isAway, queries]);
  return (
    <div aria-live="polite">
      {isAway && (
        <Alert variant="default" icon={<IconPlugConnectedX />} title="The server cannot be reached" mb="md">
          What you see may be old. This page looks again every few seconds and goes on by itself.
        </Alert>
      )}
    </div>
  );
}
