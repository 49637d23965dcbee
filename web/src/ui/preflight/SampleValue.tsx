import { Text } from "@mantine/core";
import { localTime, utcTime } from "../../lib/time";
import classes from "./Differences.module.css";
import { shownValue } from "./values";

/** Texts up to this length fit without being broken within a word. */
const LONGEST_WORD = 24;

/** One value of a finding as text; whatever somebody else wrote is never more than that. */
export function SampleValue({ value }: { value: unknown }) {
  const shown = shownValue(value);
  if (shown.kind === "none") {
    return (
      <Text span inherit c="dimmed">
        not set
      </Text>
    );
  }
  if (shown.kind === "text") {
    return shown.text.length > LONGEST_WORD ? <span className={classes.long}>{shown.text}</span> : shown.text;
  }
  return (
    <time dateTime={shown.at.toISOString()} title={utcTime(shown.at)}>
      {localTime(shown.at)}
    </time>
  );
}
