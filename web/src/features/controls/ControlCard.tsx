import { Anchor, Button, Code, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Control } from "../../api/schema";
import { inSentence, plural } from "../../lib/format";
import { Facts } from "../../ui/Facts";
import { StateBadge } from "../../ui/StateBadge";
import { PauseList } from "./PauseList";

/** One control: how it stands, in sentences, and what can be done about it. */
export function ControlCard({ control }: { control: Control }) {
  const titleId = `control-${control.key}`;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={titleId}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={2} id={titleId} tabIndex={-1}>
            {control.label}
          </Title>
          <StateBadge state={control.effective_state} label={control.state_label} />
        </Group>
        {!control.available && <Text>No feature of this version uses this control yet.</Text>}
        {control.activations.length === 0 && <Text>Nothing is paused: new starts are accepted everywhere.</Text>}
        <PauseList control={control} title="Paused now" pauses={control.activations} isScheduled={false} />
        <PauseList control={control} title="Scheduled" pauses={control.scheduled} isScheduled />
        <AboutControl control={control} />
        <Group gap="xs">
          <CardAction control={control} dialog="pause" word="Pause…" label={`Pause ${inSentence(control.label)}…`} />
          <CardAction
            control={control}
            dialog="history"
            word="History"
            label={`History of ${inSentence(control.label)}`}
          />
        </Group>
      </Stack>
    </Paper>
  );
}

function AboutControl({ control }: { control: Control }) {
  return (
    <Facts>
      <dt>Affects</dt>
      <dd>{control.surface_labels.join(", ")}</dd>
      <dt>Run types</dt>
      <dd>
        {control.operation_types.map((type) => (
          <Code key={type} mr={4}>
            {type}
          </Code>
        ))}
      </dd>
      {control.effective_state === "paused" && (
        <>
          <dt>In flight</dt>
          <dd>
            <InFlight control={control} />
          </dd>
        </>
      )}
    </Facts>
  );
}

/** Runs that a pause does not touch, until there is none (CTL-14). */
function InFlight({ control }: { control: Control }) {
  const runs = control.in_flight_runs;
  if (runs === 0) return "No run accepted before the pause is in flight";
  const [type] = control.operation_types;
  return (
    <Anchor
      renderRoot={(props) => <Link to="/system/ops/runs" search={{ type }} {...props} />}
      title="Opens all runs of this type, the newest first"
    >{`${plural(runs, "run")} accepted before ${runs === 1 ? "is" : "are"} still in flight`}</Anchor>
  );
}

interface ActionProps {
  control: Control;
  dialog: "pause" | "history";
  word: string;
  label: string;
}

function CardAction({ control, dialog, word, label }: ActionProps) {
  return (
    <Button
      variant={dialog === "history" ? "subtle" : "default"}
      size="xs"
      aria-label={label}
      renderRoot={(props) => (
        <Link to="/system/ops/controls" search={{ control: control.key, dialog }} resetScroll={false} {...props} />
      )}
    >
      {word}
    </Button>
  );
}
