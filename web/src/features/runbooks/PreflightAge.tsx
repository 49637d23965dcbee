import { Button, Stack, Text } from "@mantine/core";
import type { Preflight } from "../../api/schema";
import { duration } from "../../lib/format";
import { useNow } from "../../lib/time";
import { Time } from "../../ui/Time";
import { Notice } from "./Notice";

interface Props {
  preflight: Preflight;
  isExpired: boolean;
  lastRunAt: string | null;
  onAgain: () => void;
}

/** When the figures were counted and until when they hold (RB-06); once they do not, how to get new ones. */
export function PreflightAge({ preflight, isExpired, lastRunAt, onAgain }: Props) {
  const isOutrun = lastRunAt !== null && Date.parse(lastRunAt) > Date.parse(preflight.computed_at);
  return (
    <div>
      <Text c="dimmed">
        Counted <Time value={preflight.computed_at} />
        {isExpired ? ", expired " : ", holds for "}
        {isExpired ? <Time value={preflight.expires_at} /> : <Remaining until={preflight.expires_at} />}
      </Text>
      <div aria-live="polite">
        {(isExpired || isOutrun) && (
          <Notice mt="sm" title={isExpired ? "This preflight has expired" : "A run has ended since this preflight"}>
            <Stack gap="xs" align="flex-start">
              <Text>
                {isExpired
                  ? "It can no longer be confirmed by a start. The figures below may be old."
                  : "The figures below are from before it."}
              </Text>
              <Button variant="default" size="xs" onClick={onAgain}>
                Count again
              </Button>
            </Stack>
          </Notice>
        )}
      </div>
    </div>
  );
}

function Remaining({ until }: { until: string }) {
  const now = useNow(1_000);
  return <span>{duration(Math.max(0, (Date.parse(until) - now.getTime()) / 1_000))}</span>;
}
