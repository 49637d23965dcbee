import { words } from "../lib/format";
import { localTime } from "../lib/time";
import classes from "./Metadata.module.css";
import { Time } from "./Time";

/** A time as the API writes it. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

interface Props {
  /** Free facts of the API; their keys are said as words, since nobody lists them. */
  value: Record<string, unknown>;
}

/** Free facts as names and values, nested ones indented. */
export function Metadata({ value }: Props) {
  const entries = Object.entries(value);
  if (entries.length === 0) return "None";
  return (
    <dl className={classes.list}>
      {entries.map(([key, fact]) => (
        <div key={key}>
          <dt>{words(key)}</dt>
          <dd>
            <Fact value={fact} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Fact({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return "None";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) {
    if (value.length === 0) return "None";
    return (
      <ul>
        {value.map((item) => (
          <li key={JSON.stringify(item)}>
            <Fact value={item} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value === "object") return <Metadata value={Object.fromEntries(Object.entries(value))} />;
  if (typeof value === "string" && INSTANT.test(value)) return <Time value={value}>{localTime(new Date(value))}</Time>;
  return String(value);
}
