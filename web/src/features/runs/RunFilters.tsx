import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/me";
import type { Run } from "../../api/schema";
import { FilterSelect } from "../../ui/FilterSelect";
import { STATES } from "../../ui/states";
import { TenantPicker } from "../../ui/TenantPicker";
import { WorkspacePicker } from "../../ui/WorkspacePicker";
import { CreatedFilter } from "./CreatedFilter";
import { initiatorOptions } from "./initiators";
import { useRunTypes } from "./queries";
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

/** What the list of runs can be narrowed by. */
export function RunFilters({ filter, runs, onChange }: Props) {
  const { types, labelOf } = useRunTypes();
  const me = useQuery(meQuery());
  const typeOptions = types.map(({ key, label }) => ({ value: key, label }));
  const hasUnlistedType = filter.type && !types.some(({ key }) => key === filter.type);
  const unlistedType = hasUnlistedType && filter.type ? [{ value: filter.type, label: labelOf(filter.type) }] : [];
  return (
    <>
      <FilterSelect
        label="Status"
        options={STATUS_OPTIONS}
        value={filter.status}
        onChange={(status) => onChange({ status })}
      />
      <FilterSelect
        label="Outcome"
        options={OUTCOME_OPTIONS}
        value={filter.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      <FilterSelect
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
      <FilterSelect
        label="Initiator"
        options={initiatorOptions(me.data?.operator ?? null, runs, filter.initiator)}
        value={filter.initiator}
        onChange={(initiator) => onChange({ initiator })}
      />
      <CreatedFilter
        value={{ created_after: filter.created_after, created_before: filter.created_before }}
        onChange={({ created_after, created_before }) => onChange({ created_after, created_before })}
      />
    </>
  );
}
