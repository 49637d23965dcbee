import { Button, Input } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/me";
import type { Run } from "../../api/schema";
import { flag, someOf } from "../../lib/search";
import { clockTime } from "../../lib/time";
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

const STATUS_WORDS: Record<(typeof STATUSES)[number], string> = {
  active: "Active",
  queued: STATES.queued.word,
  running: STATES.running.word,
  completed: "Completed",
};
const STATUS_OPTIONS = STATUSES.map((value) => ({
  value,
  label: STATUS_WORDS[value],
}));
/** One outcome each, and those that the dashboard counts together. */
const OUTCOME_OPTIONS = [
  ...OUTCOMES.map((value) => ({ value: value as string, label: STATES[value].word as string })),
  { value: "failed,blocked", label: "Failed or blocked" },
  { value: "partially_succeeded,failed,blocked", label: "Failed, also in part" },
];
const ACKNOWLEDGED_OPTIONS = [
  { value: "false", label: "Failures not acknowledged" },
  { value: "true", label: "Acknowledged" },
];

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
        options={outcomeOptions(filter.outcome)}
        value={outcomeValue(filter.outcome)}
        onChange={(outcome) => onChange({ outcome: readOutcomes(outcome) })}
      />
      <FilterSelect
        label="Acknowledged"
        options={ACKNOWLEDGED_OPTIONS}
        value={filter.acknowledged === undefined ? undefined : filter.acknowledged ? "true" : "false"}
        onChange={(acknowledged) => onChange({ acknowledged: flag(acknowledged) })}
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
      {filter.completed_after && (
        <Input.Wrapper label="Ended after" labelElement="div">
          <Button
            variant="default"
            fullWidth
            justify="space-between"
            fw={400}
            px="xs"
            rightSection={<IconX size={14} aria-hidden />}
            aria-label="Clear: ended after"
            onClick={() => onChange({ completed_after: undefined })}
          >
            {clockTime(new Date(filter.completed_after), new Date())}
          </Button>
        </Input.Wrapper>
      )}
      <CreatedFilter
        value={{ created_after: filter.created_after, created_before: filter.created_before }}
        onChange={({ created_after, created_before }) => onChange({ created_after, created_before })}
      />
    </>
  );
}

function outcomeValue(outcomes: RunFilter["outcome"]): string | undefined {
  return outcomes?.join(",");
}

function readOutcomes(value: string | undefined): RunFilter["outcome"] {
  return someOf(value, OUTCOMES);
}

/** The usual choices, and what an address may name beside them. */
function outcomeOptions(outcomes: RunFilter["outcome"]) {
  const value = outcomeValue(outcomes);
  if (value === undefined || OUTCOME_OPTIONS.some((option) => option.value === value)) return OUTCOME_OPTIONS;
  return [...OUTCOME_OPTIONS, { value, label: (outcomes ?? []).map((one) => runWord(one)).join(", ") }];
}

function runWord(outcome: NonNullable<RunFilter["outcome"]>[number]): string {
  return outcome === "pending" ? "Pending" : STATES[outcome].word;
}
