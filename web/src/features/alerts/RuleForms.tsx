import { Checkbox, MultiSelect, NumberInput, Select, Skeleton, Stack, Switch, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { type ApiProblem, asProblem, fieldMessage } from "../../api/problem";
import type { AlertRule } from "../../api/schema";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { QueryState } from "../../ui/QueryState";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { useSending } from "../../ui/use-sending";
import type { FormProps } from "./AlertDialogs";
import classes from "./alerts.module.css";
import { fieldProblem, showable } from "./problems";
import { destinationsQuery, eventsQuery, lookAgain, type Seen, seenRuleQuery } from "./queries";
import { draftOf, emptyDraft, type RuleDraft, ruleBody } from "./rule-draft";
import { options, SEVERITIES } from "./words";

const FIELDS = [
  "/name",
  "/events",
  "/minimum_severity",
  "/destination_ids",
  "/workspace_ids",
  "/operation_types",
  "/cooldown_seconds",
  "/quiet_hours",
];

/** Makes a rule. */
export function NewRule({ onSending, onClose }: FormProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(emptyDraft);
  const key = useIdempotencyKey();
  const create = api.useMutation("post", "/api/v1/system/alerts/rules", {
    onSuccess: (rule) => {
      toast("The rule is made", `${rule.name} tells of events from now on.`);
      lookAgain(queries);
      onClose();
    },
  });
  useSending(create.isPending, onSending);

  function send() {
    const body = ruleBody(draft);
    create.mutate({ params: { header: { "Idempotency-Key": key.of(body) } }, body });
  }

  return (
    <RuleForm {...{ draft, setDraft, onClose, send }} word="Make rule" isBusy={create.isPending} error={create.error} />
  );
}

/** Changes a rule, held against the state that was read. */
export function EditRule({ id, ...form }: FormProps & { id: number }) {
  const rule = useQuery(seenRuleQuery(id));
  return (
    <QueryState query={rule} skeleton={<Skeleton h={420} />}>
      {(seen) => <EditSeen key={seen.etag} seen={seen} {...form} />}
    </QueryState>
  );
}

function EditSeen({ seen, onSending, onClose }: FormProps & { seen: Seen<AlertRule> }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(seen.value));
  const update = api.useMutation("patch", "/api/v1/system/alerts/rules/{id}", {
    onSuccess: () => {
      toast("The rule is changed", "It holds from the next event on.");
      lookAgain(queries);
      onClose();
    },
  });
  useSending(update.isPending, onSending);
  const send = () =>
    update.mutate({
      params: { path: { id: seen.value.id }, header: { "If-Match": seen.etag } },
      body: ruleBody(draft),
    });
  return (
    <RuleForm {...{ draft, setDraft, onClose, send }} word="Save" isBusy={update.isPending} error={update.error} />
  );
}

interface Props {
  draft: RuleDraft;
  setDraft: (draft: RuleDraft) => void;
  send: () => void;
  onClose: () => void;
  word: string;
  isBusy: boolean;
  error: unknown;
}

function RuleForm({ draft, setDraft, send, onClose, word, isBusy, error }: Props) {
  const problem = error ? asProblem(error) : null;
  const shown = showable(problem, FIELDS);
  const change = (part: Partial<RuleDraft>) => setDraft({ ...draft, ...part });

  function submit(event: FormEvent) {
    event.preventDefault();
    send();
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label="Name"
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={fieldMessage(problem, "/name")}
          maxLength={100}
          data-autofocus
        />
        <Events draft={draft} change={change} problem={problem} />
        <Destinations draft={draft} change={change} problem={problem} />
        <Narrowing draft={draft} change={change} problem={problem} />
        <Timing draft={draft} change={change} problem={problem} />
        {shown && <ProblemState error={shown} />}
        <FormButtons word={word} isBusy={isBusy} onClose={onClose} />
      </Stack>
    </form>
  );
}

interface PartProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
  problem: ApiProblem | null;
}

function Events({ draft, change, problem }: PartProps) {
  const events = useQuery(eventsQuery());
  return (
    <Checkbox.Group
      label="Events"
      value={draft.events}
      onChange={(chosen) => change({ events: chosen })}
      error={fieldProblem(problem, "/events")}
    >
      <Stack gap="xs" mt={6}>
        {(events.data?.items ?? []).map(({ id, label, description }) => (
          <Checkbox key={id} value={id} label={label} description={description} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function Destinations({ draft, change, problem }: PartProps) {
  const destinations = useQuery(destinationsQuery());
  const items = destinations.data?.items ?? [];
  return (
    <>
      <MultiSelect
        label="Destinations"
        placeholder={draft.destinationIds.length === 0 ? "Where it is told" : ""}
        data={items.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={draft.destinationIds.map(String)}
        onChange={(ids) => change({ destinationIds: ids.map(Number) })}
        error={fieldProblem(problem, "/destination_ids")}
        searchable
      />
      {destinations.data && items.length === 0 && <Text>There is no destination yet. Make one first.</Text>}
    </>
  );
}

function Narrowing({ draft, change, problem }: PartProps) {
  const [search, setSearch] = useState("");
  const workspaces = useQuery({
    ...api.queryOptions("get", "/api/v1/system/workspaces", {
      params: { query: { limit: 50, search: search.trim() || undefined } },
    }),
    placeholderData: keepPreviousData,
  });
  const found = (workspaces.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  const unlisted = draft.workspaceIds
    .map(String)
    .filter((id) => !found.some((one) => one.value === id))
    .map((id) => ({ value: id, label: `Workspace ${id}` }));
  const runbooks = useQuery(api.queryOptions("get", "/api/v1/system/ops/runbooks", undefined, { retry: false }));
  const types = (runbooks.data?.items ?? []).map(({ key, label }) => ({ value: key, label }));
  const otherTypes = draft.operationTypes.filter((type) => !types.some((one) => one.value === type));
  return (
    <div className={classes.beside}>
      <Select
        label="Severity"
        data={options(SEVERITIES)}
        value={draft.minimumSeverity}
        allowDeselect={false}
        onChange={(value) => value && change({ minimumSeverity: value })}
        error={fieldMessage(problem, "/minimum_severity")}
      />
      <MultiSelect
        label="Only in workspaces"
        placeholder={draft.workspaceIds.length === 0 ? "All" : ""}
        data={[...found, ...unlisted]}
        value={draft.workspaceIds.map(String)}
        onChange={(ids) => change({ workspaceIds: ids.map(Number) })}
        onSearchChange={setSearch}
        error={fieldProblem(problem, "/workspace_ids")}
        searchable
      />
      <MultiSelect
        label="Only about"
        placeholder={draft.operationTypes.length === 0 ? "All operations" : ""}
        data={[...types, ...otherTypes.map((type) => ({ value: type, label: type }))]}
        value={draft.operationTypes}
        onChange={(operationTypes) => change({ operationTypes })}
        error={fieldProblem(problem, "/operation_types")}
      />
    </div>
  );
}

function Timing({ draft, change, problem }: PartProps) {
  return (
    <Stack gap="sm">
      <NumberInput
        label="Cooldown in minutes"
        description="For so long nothing more is sent about the same subject."
        min={0}
        max={10_080}
        allowDecimal={false}
        value={draft.cooldownMinutes}
        onChange={(value) => change({ cooldownMinutes: Number(value) || 0 })}
        error={fieldMessage(problem, "/cooldown_seconds")}
        maw={320}
      />
      <Switch
        label="Quiet hours"
        description="What happens then is held back, and told together when they end."
        checked={draft.isQuiet}
        onChange={(event) => change({ isQuiet: event.currentTarget.checked })}
      />
      {draft.isQuiet && (
        <div className={classes.beside}>
          <TextInput
            type="time"
            label="From"
            value={draft.quietFrom}
            onChange={(event) => change({ quietFrom: event.currentTarget.value })}
            error={fieldMessage(problem, "/quiet_hours/from")}
          />
          <TextInput
            type="time"
            label="To"
            value={draft.quietTo}
            onChange={(event) => change({ quietTo: event.currentTarget.value })}
            error={fieldMessage(problem, "/quiet_hours/to")}
          />
          <Select
            label="Time zone"
            data={ZONES.includes(draft.timeZone) ? ZONES : [draft.timeZone, ...ZONES]}
            value={draft.timeZone}
            onChange={(timeZone) => timeZone && change({ timeZone })}
            error={fieldMessage(problem, "/quiet_hours/time_zone")}
            searchable
            limit={100}
          />
        </div>
      )}
    </Stack>
  );
}

const ZONES: string[] = Intl.supportedValuesOf("timeZone");
