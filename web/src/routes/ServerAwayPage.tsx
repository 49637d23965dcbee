import { Center } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ProblemState } from "../ui/ProblemState";

/** Instead of the whole page, when the server does not answer at first; looks again every three seconds. */
export function ServerAwayPage({ error }: ErrorComponentProps) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => void router.invalidate(), 3_000);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <Center component="main" mih="100vh" p="md">
      <ProblemState error={error} onRetry={() => void router.invalidate()} />
    </Center>
  );
}
