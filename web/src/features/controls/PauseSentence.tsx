import { Stack, Text } from "@mantine/core";
import type { Activation } from "../../api/schema";
import { clockTime, relative, useNow } from "../../lib/time";
import { Until } from "../../ui/DecisionSentence";
import { Time } from "../../ui/Time";
import classes from "./controls.module.css";

interface Props {
  pause: Activation;
  isScheduled: boolean;
}

/** One pause as sentences: over what, until when, why, whose, and since when (CTL-09). */
export function PauseSentence({ pause, isScheduled }: Props) {
  return (
    <Stack gap={2}>
      <Text component="div">
        <Text span fw={600} inherit>
          {pause.scope_label}
        </Text>
        {isScheduled && <Clock prefix=", from" value={pause.starts_at} />}
        {pause.expires_at ? (
          <>
            {isScheduled ? "" : ","}
            <Until value={pause.expires_at} />
          </>
        ) : (
          ", with no end"
        )}
      </Text>
      <Text className={classes.reason}>{pause.reason_text}</Text>
      <Text component="div" size="sm" c="dimmed">
        {pause.owner_name}
        {!isScheduled && <Clock prefix=", since" value={pause.starts_at} />}
        {pause.updated_at !== pause.created_at && (
          <>
            , changed <Time value={pause.updated_at} />
          </>
        )}
      </Text>
    </Stack>
  );
}

/** ` from 18:00 (in 2 hours)`, exact on hover and focus. */
export function Clock({ prefix, value }: { prefix: string; value: string }) {
  const now = useNow();
  const at = new Date(value);
  return (
    <>
      {prefix} <Time value={value}>{`${clockTime(at, now)} (${relative(at, now)})`}</Time>
    </>
  );
}
