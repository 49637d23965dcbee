import { Button, Group, Input, Popover, Stack, TextInput } from "@mantine/core";
import { type SyntheticEvent, useId, useState } from "react";
import { useNow } from "../../lib/time";
import { createdLabel, fromInput, SPANS, startOfSpan, toInput } from "./created-filter";
import classes from "./runs.module.css";
import type { RunFilter } from "./runs-search";

type Span = Pick<RunFilter, "created_after" | "created_before">;

interface Props {
  value: Span;
  onChange: (span: Span) => void;
}

/** Narrows the list to when runs were dispatched: by a usual span, or exactly. */
export function CreatedFilter({ value, onChange }: Props) {
  const now = useNow();
  const labelId = useId();
  const shownId = useId();
  const isSet = Boolean(value.created_after ?? value.created_before);
  return (
    <Input.Wrapper label="Created" labelElement="div" labelProps={{ id: labelId }}>
      <Popover position="bottom-end" withinPortal trapFocus withRoles={false} shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            fullWidth
            justify="flex-start"
            fw={400}
            px="xs"
            className={classes.created}
            data-unset={!isSet || undefined}
            aria-haspopup="dialog"
            aria-labelledby={`${labelId} ${shownId}`}
          >
            <span id={shownId}>{createdLabel(value.created_after, value.created_before, now)}</span>
          </Button>
        </Popover.Target>
        <Popover.Dropdown role="dialog" aria-labelledby={labelId} maw={320}>
          <Stack gap="sm">
            <Group gap={6}>
              {SPANS.map(({ label, hours }) => (
                <Button
                  key={label}
                  variant="default"
                  size="xs"
                  onClick={() => onChange({ created_after: startOfSpan(hours, new Date()) })}
                >
                  {label}
                </Button>
              ))}
            </Group>
            <ExactTime
              label="Created after"
              value={value.created_after}
              onChange={(created_after) => onChange({ ...value, created_after })}
            />
            <ExactTime
              label="Created before"
              value={value.created_before}
              onChange={(created_before) => onChange({ ...value, created_before })}
            />
            <Button variant="default" size="xs" disabled={!isSet} onClick={() => onChange({})}>
              Any time
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Input.Wrapper>
  );
}

interface ExactProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A time is typed in parts: it counts once the field is left, or with Enter. */
function ExactTime({ label, value, onChange }: ExactProps) {
  const shown = toInput(value);
  const [draft, setDraft] = useState({ of: shown, typed: shown });
  if (draft.of !== shown) setDraft({ of: shown, typed: shown });
  function take({ currentTarget }: SyntheticEvent<HTMLInputElement>) {
    const typed = currentTarget.value;
    // Half a time reads as none: it is no wish to drop the filter.
    if (typed !== shown && !currentTarget.validity.badInput) onChange(fromInput(typed));
  }
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={draft.typed}
      onChange={(event) => setDraft({ of: shown, typed: event.currentTarget.value })}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take(event)}
    />
  );
}
