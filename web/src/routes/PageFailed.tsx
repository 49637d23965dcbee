import { Button, Stack } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useEffect } from "react";
import { EmptyState } from "../ui/EmptyState";
import { ProblemState } from "../ui/ProblemState";
import { PageReplaced } from "./lazy-page";

const RELOADED = "tenantatlas-reloaded-for";

/** Instead of a page that failed. One of which the script is gone is loaded anew, once for each address. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const isReplaced = error instanceof PageReplaced;
  useEffect(() => {
    const address = window.location.href;
    if (!isReplaced || sessionStorage.getItem(RELOADED) === address) return;
    sessionStorage.setItem(RELOADED, address);
    window.location.reload();
  }, [isReplaced]);
  if (!isReplaced) return <ProblemState error={error} onRetry={reset} />;
  return (
    <Stack align="flex-start">
      <EmptyState title="There is a new version of this page">Reload to open it.</EmptyState>
      <Button onClick={() => window.location.reload()}>Reload</Button>
    </Stack>
  );
}
