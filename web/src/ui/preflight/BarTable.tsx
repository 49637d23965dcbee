import { Text } from "@mantine/core";
import { count } from "../../lib/format";
import classes from "./BarTable.module.css";

/** One bar; its number stands beside it. */
export interface Bar {
  key: string | number;
  label: string;
  count: number;
}

interface Props {
  caption: string;
  /** What the rows are. */
  heading: string;
  note?: string;
  rows: Bar[];
  /** Not drawn to scale: everything that has no row of its own. */
  rest?: { label: string; count: number } | null;
}

/** Numbers with bars beside them; a reader without eyes for bars gets a table. */
export function BarTable({ caption, heading, note, rows, rest }: Props) {
  const longest = Math.max(1, ...rows.map((row) => row.count));
  return (
    <div>
      <table className={classes.bars}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            <td aria-hidden="true" />
            <th scope="col" className={classes.number}>
              Findings
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.label}</th>
              <td aria-hidden="true">
                <div className={classes.bar} style={{ width: `${(100 * row.count) / longest}%` }} />
              </td>
              <td className={classes.number}>{count(row.count)}</td>
            </tr>
          ))}
          {rest && (
            <tr>
              <th scope="row">{rest.label}</th>
              <td aria-hidden="true" />
              <td className={classes.number}>{count(rest.count)}</td>
            </tr>
          )}
        </tbody>
      </table>
      {note && (
        <Text size="xs" c="dimmed" mt={4}>
          {note}
        </Text>
      )}
    </div>
  );
}
