import { Alert, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Finding, FindingStatus } from "../../api/schema";
import { Due } from "./Due";
import { statusWord } from "./finding-words";

interface Props {
  /** The version that the change was meant for. */
  before: Finding;
  now: Finding;
  /** The status that was chosen. */
  wanted: FindingStatus;
}

/** Says that something else was quicker, and what it made of the finding; what was typed stands below, unchanged. */
export function ChangedMeanwhile({ before, now, wanted }: Props) {
  const canBecome = wanted === now.status || now.transitions.includes(wanted);
  return (
    <Alert variant="default" role="alert" icon={<IconAlertTriangle />} title="This finding was changed in the meantime">
      <Stack gap="xs">
        <Text size="md">Nothing of yours was done, and what you typed is kept. The finding as it is now:</Text>
        <Text size="md">
          Status: {before.status === now.status ? "" : `${statusWord(before.status)} before, `}
          {statusWord(now.status)}
          {now.closed_reason && `: ${now.closed_reason}`}
        </Text>
        <Text size="md" component="div">
          Due: <Due finding={now} />
        </Text>
        <Text size="md">
          {canBecome
            ? "Decide again: send it as it is, or change it first."
            : `It cannot become ${statusWord(wanted)} from there. Choose another status.`}
        </Text>
      </Stack>
    </Alert>
  );
}
