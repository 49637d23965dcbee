import { Group, Radio, TextInput } from "@mantine/core";
import { type ApiProblem, fieldMessage } from "../../api/problem";
import type { Activation } from "../../api/schema";
import { fieldTime } from "../../lib/time";
import { type PauseDraft, UNTIL, type UntilChoice } from "./pause-draft";

interface Props {
  draft: PauseDraft;
  original: { pause: Activation; isScheduled: boolean } | undefined;
  onChange: (draft: PauseDraft) => void;
  problem: ApiProblem | null;
}

const UNTIL_WORDS: Record<UntilChoice, string> = {
  none: "No end",
  "1h": "1 hour",
  "4h": "4 hours",
  tomorrow: "Tomorrow 09:00",
  at: "A time",
};
const HOUR = 3_600_000;
const ZONE = `Time of your zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;

/** From when and until when; a pause that has begun keeps its start. */
export function PauseTimes({ draft, original, onChange, problem }: Props) {
  const startMessage = problem ? fieldMessage(problem, "/starts_at") : undefined;
  const endMessage = problem ? fieldMessage(problem, "/expires_at") : undefined;
  const wasScheduled = original?.isScheduled ?? false;
  return (
    <>
      {!original && (
        <Radio.Group
          label="Starts"
          value={draft.start}
          onChange={(start) =>
            onChange({
              ...draft,
              start: start === "at" ? "at" : "now",
              startAt: draft.startAt || fieldTime(new Date(Date.now() + HOUR)),
            })
          }
          error={draft.start === "now" ? startMessage : undefined}
        >
          <Group gap="md" mt={6}>
            <Radio value="now" label="Now" />
            <Radio value="at" label="At a time" />
          </Group>
        </Radio.Group>
      )}
      {(wasScheduled || draft.start === "at") && (
        <TextInput
          type="datetime-local"
          label="Start"
          description={ZONE}
          required
          withAsterisk={false}
          value={draft.startAt}
          onChange={(event) => onChange({ ...draft, startAt: event.currentTarget.value })}
          error={startMessage}
        />
      )}
      <Radio.Group
        label="Until"
        value={draft.until}
        onChange={(value) => {
          const until = UNTIL.find((choice) => choice === value) ?? "none";
          onChange({ ...draft, until, untilAt: draft.untilAt || fieldTime(new Date(Date.now() + 2 * HOUR)) });
        }}
        error={draft.until === "at" ? undefined : endMessage}
      >
        <Group gap="md" mt={6}>
          {UNTIL.map((choice) => (
            <Radio key={choice} value={choice} label={untilWord(choice, draft)} />
          ))}
        </Group>
      </Radio.Group>
      {draft.until === "at" && (
        <TextInput
          type="datetime-local"
          label="End"
          description={ZONE}
          required
          withAsterisk={false}
          value={draft.untilAt}
          onChange={(event) => onChange({ ...draft, untilAt: event.currentTarget.value })}
          error={endMessage}
        />
      )}
    </>
  );
}

function untilWord(choice: UntilChoice, { start }: PauseDraft): string {
  return choice === "tomorrow" && start === "at" ? "09:00 the day after" : UNTIL_WORDS[choice];
}
