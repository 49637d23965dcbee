import classes from "./Sparkline.module.css";

interface Props {
  values: readonly number[];
  /** What the bars show, for whoever does not see them; the figures themselves stand in a table nearby. */
  label: string;
}

const WIDTH = 120;
const HEIGHT = 24;

/** How a figure went, as bars on one line; its size is fixed. */
export function Sparkline({ values, label }: Props) {
  const highest = Math.max(0, ...values);
  const width = WIDTH / Math.max(1, values.length);
  return (
    <svg className={classes.sparkline} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes.axis} />
      {values.map((value, index) => {
        const height = value > 0 ? Math.max(2, (value / highest) * (HEIGHT - 2)) : 0;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index * width + 0.5}
            y={HEIGHT - 1 - height}
            width={Math.max(1, width - 1)}
            height={height}
            className={classes.bar}
          />
        );
      })}
    </svg>
  );
}
