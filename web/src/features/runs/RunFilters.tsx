import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/me";
import type { Run } from "../../api/schema";
import { STATES } from "../../ui/states";
import { TenantPicker } from "../../ui/TenantPicker";
import { WorkspacePicker } from "../../ui/WorkspacePicker";
import { CreatedFilter } from "./CreatedFilter";
import { initiatorOptions } from "./initiators";
import { useRunTypes } from "./queries";
import classes from "./runs.module.css";
import { OUTCOMES, type RunFilter, STATUSES } from "./runs-search";

interface Props {
  filter: RunFilter;
  /** Rows on show: who started them can be chosen. */
  runs: Run[];
  onChange: (change: RunFilter) => void;
}

const STATUS_OPTIONS = STATUSES.map((value) => ({
  value,
  label: value === "completed" ? "Completed" : STATES[value].word,
}));
const OUTCOME_OPTIONS = OUTCOMES.map((value) => ({ value, label: STATES[value].word }));

/** What the list of runs can be narrowed by, in one row where there is room for it. */
export function RunFilters({ filter, runs, onChange }: Props) {
  const { types, labelOf } = useRunTypes();
  const me = useQuery(meQuery());
  const typeOptions = types.map(({ key, label }) => ({ value: key, label }));
  const hasUnlistedType = filter.type && !types.some(({ key }) => key === filter.type);
  const unlistedType = hasUnlistedType && filter.type ? [{ value: filter.type, label: labelOf(filter.type) }] : [];
  return (
    <search className={classes.filters} aria-label="Filters">
      <Choice
        label="Status"
        options={STATUS_OPTIONS}
        value={filter.status}
        onChange={(status) => onChange({ status })}
      />
      <Choice
        label="Outcome"
        options={OUTCOME_OPTIONS}
        value={filter.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      <Choice
        label="Type"
        options={[...typeOptions, ...unlistedType]}
        value={filter.type}
        onChange={(type) => onChange({ type })}
      />
      <WorkspacePicker
        label="Workspace"
        value={filter.workspace_id}
        onChange={(workspace_id) => onChange({ workspace_id })}
      />
      <TenantPicker label="Tenant" value={filter.tenant_id} onChange={(tenant_id) => onChange({ tenant_id })} />
      <Choice
        label="Initiator"
        options={initiatorOptions(me.data?.operator ?? null, runs, filter.initiator)}
        value={filter.initiator}
        onChange={(initiator) => onChange({ initiator })}
      />
      <CreatedFilter
        value={{ created_after: filter.created_after, created_before: filter.created_before }}
        onChange={({ created_after, created_before }) => onChange({ created_after, created_before })}
      />
    </search>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  options: { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
}

function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <Select
      label={label}
      placeholder="Any"
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      data={options}
      value={value ?? null}
      onChange={(chosen) => onChange(options.find((option) => option.value === chosen)?.value)}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
    />
  );
}
