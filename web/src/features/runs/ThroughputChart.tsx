import { Text } from "@mantine/core";
import { count } from "../../lib/format";
import { useNow } from "../../lib/time";
import classes from "./run.module.css";
import { type Sample, throughput } from "./throughput";

interface Props {
  samples: readonly Sample[];
  /** An ended run shows its last minute. */
  isActive: boolean;
}

const WIDTH = 240;
const HEIGHT = 44;

/** Findings a second over the last minute, as bars with the numbers beside; its size is fixed. */
export function ThroughputChart({ samples, isActive }: Props) {
  const now = useNow(2_000);
  const last = samples.at(-1)?.at;
  const bars = throughput(samples, isActive || last === undefined ? Math.max(now.getTime(), last ?? 0) : last);
  const known = bars.filter((bar) => bar !== null);
  const highest = Math.max(0, ...known);
  const width = WIDTH / bars.length;
  return (
    <figure className={classes.chart}>
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={
          known.length === 0
            ? "Throughput of the last 60 seconds: nothing is known yet"
            : `Throughput of the last 60 seconds: ${count(highest)} findings a second at the peak`
        }
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes.axis} />
        {bars.map((bar, index) => {
          const height = bar && highest > 0 ? Math.max(1, (bar / highest) * (HEIGHT - 2)) : 0;
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
              key={index}
              x={index * width + 1}
              y={HEIGHT - 1 - height}
              width={width - 2}
              height={height}
              className={classes.bar}
            />
          );
        })}
      </svg>
      <Text component="figcaption" size="xs" c="dimmed" aria-hidden>
        {known.length === 0 ? "Last 60 s" : `Last 60 s · peak ${count(highest)}/s`}
      </Text>
    </figure>
  );
}
