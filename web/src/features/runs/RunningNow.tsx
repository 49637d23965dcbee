import { Progress, Text, Title } from "@mantine/core";
import type { RunTarget } from "../../api/schema";
import { count, percent } from "../../lib/format";
import classes from "./run.module.css";

interface Props {
  /** Each in its place; a place that is free stays. */
  targets: readonly (RunTarget | null)[];
}

/** What workers hold at this moment, straight from the events. */
export function RunningNow({ targets }: Props) {
  return (
    <section className={classes.rows} aria-labelledby="running-targets">
      <Title order={2} id="running-targets" mb={4}>
        Running now
      </Title>
      <ul className={classes.running}>
        {targets.length === 0 && <li className={classes.place}>No worker holds a target.</li>}
        {targets.map((target, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place is what stays
          <li key={place} className={classes.place}>
            {target ? (
              <>
                <Text span truncate>
                  {target.tenant.name}
                </Text>
                <Progress value={target.fraction * 100} aria-label={`Progress of ${target.tenant.name}`} />
                <Text span ta="right">
                  {target.counts.total === 0
                    ? "counting"
                    : `${percent(target.fraction)} of ${count(target.counts.total)}`}
                </Text>
              </>
            ) : (
              <Text span c="dimmed">
                Free
              </Text>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
