import { Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Activation, Control } from "../../api/schema";
import { inSentence } from "../../lib/format";
import classes from "./controls.module.css";
import { PauseSentence } from "./PauseSentence";

interface Props {
  control: Control;
  title: string;
  pauses: Activation[];
  isScheduled: boolean;
}

/** The pauses of a control, each with what can be done about it. */
export function PauseList({ control, title, pauses, isScheduled }: Props) {
  if (pauses.length === 0) return null;
  return (
    <Stack gap={6}>
      <Text component="h3" size="sm" fw={600} c="dimmed" m={0}>
        {title}
      </Text>
      <ul className={classes.pauses}>
        {pauses.map((pause) => (
          <li key={pause.id}>
            <PauseSentence pause={pause} isScheduled={isScheduled} />
            <Group gap="xs" mt={8}>
              <PauseAction
                control={control}
                pause={pause}
                dialog={isScheduled ? "call-off" : "resume"}
                word={isScheduled ? "Call off" : "Resume"}
              />
              <PauseAction control={control} pause={pause} dialog="change" word="Change" />
            </Group>
          </li>
        ))}
      </ul>
    </Stack>
  );
}

interface ActionProps {
  control: Control;
  pause: Activation;
  dialog: "resume" | "call-off" | "change";
  word: string;
}

function PauseAction({ control, pause, dialog, word }: ActionProps) {
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={`${word} ${inSentence(control.label)}, ${pause.scope_label}…`}
      renderRoot={(props) => (
        <Link
          to="/system/ops/controls"
          search={{ control: control.key, dialog, activation: pause.id }}
          resetScroll={false}
          {...props}
        />
      )}
    >
      {word}…
    </Button>
  );
}
