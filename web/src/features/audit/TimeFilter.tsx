import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldTime } from "../../lib/time";
import { type AuditSearch, WITHIN } from "./audit-search";

interface Props {
  search: AuditSearch;
  onChange: (change: Partial<AuditSearch>) => void;
}

const EXACT = "exact";
const CHOICES = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
  { value: EXACT, label: "Between two times" },
];

/** A span back from now, or two exact times. */
export function TimeFilter({ search, onChange }: Props) {
  const hasExact = search.after !== undefined || search.before !== undefined;
  const [wantsExact, setWantsExact] = useState(false);
  const isExact = hasExact || (wantsExact && !search.within);

  function choose(value: string | null) {
    setWantsExact(value === EXACT);
    if (value === EXACT) return onChange({ within: undefined });
    const within = value !== null && isWithin(value) ? value : undefined;
    onChange({ within, after: undefined, before: undefined });
  }

  return (
    <>
      <Select
        label="Time"
        placeholder="Any"
        clearable
        clearButtonProps={{ "aria-label": "Clear" }}
        data={CHOICES}
        value={isExact ? EXACT : (search.within ?? null)}
        onChange={choose}
      />
      {isExact && (
        <>
          <ExactTime label="After" value={search.after} onChange={(after) => onChange({ after, within: undefined })} />
          <ExactTime
            label="Before"
            value={search.before}
            onChange={(before) => onChange({ before, within: undefined })}
          />
        </>
      )}
    </>
  );
}

interface ExactProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** Taken over when the field is left, since a time is typed in parts. */
function ExactTime({ label, value, onChange }: ExactProps) {
  const shown = value ? fieldTime(new Date(value)) : "";
  return (
    <TextInput
      key={shown}
      type="datetime-local"
      label={label}
      defaultValue={shown}
      onBlur={(event) => {
        const typed = event.currentTarget.value;
        if (typed !== shown) onChange(typed ? new Date(typed).toISOString() : undefined);
      }}
    />
  );
}

function isWithin(value: string): value is keyof typeof WITHIN {
  return value in WITHIN;
}
