import { Tooltip } from "@mantine/core";
import { localTime, relative, useNowBeside, utcTime } from "../lib/time";

interface Props {
  /** RFC 3339. */
  value: string;
  /** Shown instead of the relative time. */
  children?: string;
}

/** A time in words, with the exact local time and UTC on hover and focus. */
export function Time({ value, children }: Props) {
  const at = new Date(value);
  const now = useNowBeside(at);
  return (
    <Tooltip
      label={
        <>
          {localTime(at)}
          <br />
          {utcTime(at)}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time has to be reachable without a pointer */}
      <time dateTime={value} tabIndex={0} style={{ whiteSpace: "nowrap" }}>
        {children ?? relative(at, now)}
      </time>
    </Tooltip>
  );
}
