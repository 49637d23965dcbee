import { Button, Group, Input, Popover, Stack, TextInput } from "@mantine/core";
import { useId } from "react";
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
            <TextInput
              type="datetime-local"
              label="Created after"
              value={toInput(value.created_after)}
              onChange={(event) => onChange({ ...value, created_after: fromInput(event.currentTarget.value) })}
            />
            <TextInput
              type="datetime-local"
              label="Created before"
              value={toInput(value.created_before)}
              onChange={(event) => onChange({ ...value, created_before: fromInput(event.currentTarget.value) })}
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
