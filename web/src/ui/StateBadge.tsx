import { Badge } from "@mantine/core";
import classes from "./StateBadge.module.css";
import { STATES, type State, type StateLook } from "./states";

interface Props {
  state: State;
  /** Says more than the state's own word, such as "Paused globally". */
  label?: string;
}

/** A state as icon and word. */
export function StateBadge({ state, label }: Props) {
  const look: StateLook = STATES[state];
  const Icon = look.icon;
  return (
    <Badge
      className={classes.badge}
      data-state={state}
      style={{ "--state-color": `var(--mantine-color-${look.color}-filled)` }}
      leftSection={<Icon size={14} stroke={2.25} className={look.spins ? classes.spins : undefined} />}
    >
      {label ?? look.word}
    </Badge>
  );
}
