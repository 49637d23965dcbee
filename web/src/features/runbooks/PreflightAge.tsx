import { Text } from "@mantine/core";
import type { Preflight } from "../../api/schema";
import { duration } from "../../lib/format";
import { useNow } from "../../lib/time";
import { Time } from "../../ui/Time";

interface Props {
  preflight: Preflight;
  isExpired: boolean;
}

/** When the figures were counted, and until when a start can confirm them (RB-06). */
export function PreflightAge({ preflight, isExpired }: Props) {
  return (
    <Text c="dimmed">
      Counted <Time value={preflight.computed_at} />
      {isExpired ? ", expired " : ", holds for "}
      {isExpired ? <Time value={preflight.expires_at} /> : <Remaining until={preflight.expires_at} />}
    </Text>
  );
}

function Remaining({ until }: { until: string }) {
  const now = useNow(1_000);
  return <span>{duration(Math.max(0, (Date.parse(until) - now.getTime()) / 1_000))}</span>;
}
