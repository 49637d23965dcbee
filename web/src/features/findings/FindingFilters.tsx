import { FilterSelect } from "../../ui/FilterSelect";
import { SearchField } from "../../ui/SearchField";
import { SEVERITIES } from "../../ui/severities";
import { STATUSES, TYPES } from "./finding-words";
import type { FindingFilter } from "./findings-search";

interface Props {
  filter: FindingFilter;
  onChange: (change: FindingFilter) => void;
}

const OVERDUE = [
  { value: "true", label: "Overdue" },
  { value: "false", label: "Not overdue" },
] as const;

const OBSERVED = [
  { value: "true", label: "Not found" },
  { value: "false", label: "All others" },
] as const;

/** What the list of findings can be narrowed by. */
export function FindingFilters({ filter, onChange }: Props) {
  return (
    <>
      <SearchField
        label="Search"
        placeholder="Title, resource, check or source"
        value={filter.search}
        onChange={(search) => onChange({ search })}
      />
      <FilterSelect
        label="Status"
        options={STATUSES}
        value={filter.status}
        onChange={(status) => onChange({ status })}
      />
      <FilterSelect
        label="Severity"
        options={SEVERITIES}
        value={filter.severity}
        onChange={(severity) => onChange({ severity })}
      />
      <FilterSelect label="Type" options={TYPES} value={filter.type} onChange={(type) => onChange({ type })} />
      <FilterSelect
        label="Due date"
        options={OVERDUE}
        value={filter.overdue}
        onChange={(overdue) => onChange({ overdue })}
      />
      <FilterSelect
        label="Newest scan"
        options={OBSERVED}
        value={filter.unobserved}
        onChange={(unobserved) => onChange({ unobserved })}
      />
    </>
  );
}
