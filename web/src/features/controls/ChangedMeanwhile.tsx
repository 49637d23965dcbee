import { Alert, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Control } from "../../api/schema";
import { PauseSentence } from "./PauseSentence";

interface Props {
  /** As it is now. */
  control: Control;
  /** The pause that was to be changed or ended is not there any more. */
  isGone: boolean;
}

/** Says that somebody else was quicker, and how the control stands now; what was typed stands beside it, unchanged. */
export function ChangedMeanwhile({ control, isGone }: Props) {
  return (
    <Alert
      variant="default"
      role="alert"
      icon={<IconAlertTriangle />}
      title="Somebody else changed this control in the meantime"
    >
      <Stack gap="xs">
        <Text size="md">
          Nothing of yours was done, and what you typed is kept. The control as it is now: {control.state_label}.
          {isGone && " The pause that you were changing has ended; sending makes a new one."}
        </Text>
        {control.activations.map((pause) => (
          <PauseSentence key={pause.id} pause={pause} isScheduled={false} />
        ))}
        {control.scheduled.map((pause) => (
          <PauseSentence key={pause.id} pause={pause} isScheduled />
        ))}
        <Text size="md">Decide again: send it as it is, or go back and change it.</Text>
      </Stack>
    </Alert>
  );
}
