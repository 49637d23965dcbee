import { Select, Stack, Textarea } from "@mantine/core";
import { type ApiProblem, fieldMessage } from "../api/problem";
import type { ReasonCode } from "../api/schema";

/** Kinds of reasons and what they are called. */
export const REASON_CODES: readonly { value: ReasonCode; label: string }[] = [
  { value: "DATA_REPAIR", label: "Data repair" },
  { value: "INCIDENT", label: "Incident" },
  { value: "SUPPORT", label: "Support" },
  { value: "SECURITY", label: "Security" },
];

/** A reason while it is being written. */
export interface ReasonDraft {
  code: ReasonCode | null;
  text: string;
}

interface Props {
  value: ReasonDraft;
  onChange: (value: ReasonDraft) => void;
  /** Of the last attempt; its messages for `/reason/…` are shown at the fields. */
  problem: ApiProblem | null;
}

/** Asks for a kind of reason and for the reason in words; what is long enough is the API's to say. */
export function ReasonFields({ value, onChange, problem }: Props) {
  // A reason that was not sent at all is missing where nothing was put in.
  const missing = fieldMessage(problem, "/reason");
  return (
    <Stack gap="sm">
      <Select
        label="Reason code"
        placeholder="Choose one"
        data={[...REASON_CODES]}
        value={value.code}
        onChange={(code) =>
          onChange({ ...value, code: REASON_CODES.find((entry) => entry.value === code)?.value ?? null })
        }
        error={fieldMessage(problem, "/reason/code") ?? (value.code === null ? missing : undefined)}
        comboboxProps={{ withinPortal: true }}
      />
      <Textarea
        label="Reason"
        description="5 to 500 characters; it stays in the run and in the audit log."
        autosize
        minRows={2}
        maxLength={500}
        value={value.text}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
        error={fieldMessage(problem, "/reason/text") ?? (value.text.trim() === "" ? missing : undefined)}
      />
    </Stack>
  );
}
