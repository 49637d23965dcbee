import { Button, NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { AuditEvent } from "../../api/schema";
import { TenantPicker } from "../../ui/TenantPicker";
import { WorkspacePicker } from "../../ui/WorkspacePicker";
import { actorsByKey, choiceLabel, choiceOfKey, keyOf } from "./actors";
import classes from "./audit.module.css";
import { type AuditSearch, countFilters } from "./audit-search";
import { TimeFilter } from "./TimeFilter";

interface Props {
  search: AuditSearch;
  /** Those shown; their actors can be chosen. */
  events: AuditEvent[];
  onChange: (change: Partial<AuditSearch>) => void;
}

const NONE: Partial<AuditSearch> = {
  action: undefined,
  actor_type: undefined,
  actor_id: undefined,
  workspace_id: undefined,
  tenant_id: undefined,
  run_id: undefined,
  within: undefined,
  after: undefined,
  before: undefined,
};

/** What the audit log can be narrowed by; folded away on phones until asked for. */
export function AuditFilters({ search, events, onChange }: Props) {
  const used = countFilters(search);
  const isOpen = search.filters === "open";
  return (
    <>
      <Button
        className={classes.fold}
        variant="default"
        size="xs"
        aria-expanded={isOpen}
        onClick={() => onChange({ filters: isOpen ? undefined : "open" })}
      >
        {used > 0 ? `Filters (${used} in use)` : "Filters"}
      </Button>
      <search className={classes.filters} data-open={isOpen || undefined} aria-label="Filters">
        <ActionFilter search={search} onChange={onChange} />
        <TimeFilter search={search} onChange={onChange} />
        <ActorFilter search={search} events={events} onChange={onChange} />
        <WorkspacePicker
          label="Workspace"
          value={search.workspace_id}
          onChange={(workspace_id) => onChange({ workspace_id })}
        />
        <TenantPicker label="Tenant" value={search.tenant_id} onChange={(tenant_id) => onChange({ tenant_id })} />
        <RunFilter search={search} onChange={onChange} />
        {used > 0 && (
          <Button variant="subtle" className={classes.clear} onClick={() => onChange(NONE)}>
            Clear filters
          </Button>
        )}
      </search>
    </>
  );
}

type FilterProps = Pick<Props, "search" | "onChange">;

function ActionFilter({ search, onChange }: FilterProps) {
  const actions = useQuery(
    api.queryOptions("get", "/api/v1/system/audit-logs/actions", undefined, { staleTime: Number.POSITIVE_INFINITY }),
  );
  const known = (actions.data?.items ?? []).map(({ id, label }) => ({ value: id, label }));
  const chosen = search.action ?? null;
  const isKnown = chosen === null || known.some(({ value }) => value === chosen);
  return (
    <Select
      label="Action"
      placeholder="All"
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      data={isKnown ? known : [...known, { value: chosen, label: chosen }]}
      value={chosen}
      onChange={(action) => onChange({ action: action ?? undefined })}
      nothingFoundMessage="No action of that name"
    />
  );
}

/** Whoever acts in the events shown; nobody lists all who ever acted. */
function ActorFilter({ search, events, onChange }: Omit<Props, "onChange"> & FilterProps) {
  const seen = actorsByKey(events);
  const chosen = keyOf(search);
  if (chosen !== null && !seen.has(chosen)) seen.set(chosen, choiceLabel(search));
  return (
    <Select
      label="Actor"
      placeholder="All"
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      data={[...seen].map(([value, label]) => ({ value, label }))}
      value={chosen}
      onChange={(key) => onChange(choiceOfKey(key))}
      nothingFoundMessage="Nobody of that name in the events shown"
    />
  );
}

/** Taken over with Enter or when the field is left; what the address says is shown without making the field anew. */
function RunFilter({ search, onChange }: FilterProps) {
  const [shown, setShown] = useState(search.run_id);
  const [value, setValue] = useState<string | number>(search.run_id ?? "");
  if (shown !== search.run_id) {
    setShown(search.run_id);
    setValue(search.run_id ?? "");
  }
  const commit = (typed: string) => {
    const run_id = /^\d+$/.test(typed) && Number(typed) > 0 ? Number(typed) : undefined;
    if (run_id !== search.run_id) onChange({ run_id });
  };
  return (
    <NumberInput
      label="Run"
      placeholder="Number"
      hideControls
      allowDecimal={false}
      allowNegative={false}
      maxLength={15}
      value={value}
      onChange={setValue}
      onBlur={(event) => commit(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit(event.currentTarget.value);
      }}
    />
  );
}
