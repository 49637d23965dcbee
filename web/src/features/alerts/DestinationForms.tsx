import {
  Button,
  Group,
  NumberInput,
  PasswordInput,
  Radio,
  Select,
  Skeleton,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { type ApiProblem, asProblem, fieldMessage } from "../../api/problem";
import type { AlertDestination, DestinationKind } from "../../api/schema";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { QueryState } from "../../ui/QueryState";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { useSending } from "../../ui/use-sending";
import type { FormProps } from "./AlertDialogs";
import classes from "./alerts.module.css";
import {
  type DestinationDraft,
  destinationBody,
  destinationDraft,
  emptyDestination,
  newSecret,
} from "./destination-draft";
import { fieldProblem, showable } from "./problems";
import { lookAgain, type Seen, seenDestinationQuery } from "./queries";
import { KINDS, options, TLS } from "./words";

const FIELDS = [
  "/name",
  "/url",
  "/secret",
  "/smtp_host",
  "/smtp_port",
  "/smtp_tls",
  "/smtp_username",
  "/smtp_password",
  "/from",
  "/to",
];

/** Makes a destination. */
export function NewDestination({ onSending, onClose }: FormProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(emptyDestination);
  const key = useIdempotencyKey();
  const create = api.useMutation("post", "/api/v1/system/alerts/destinations", {
    onSuccess: (destination) => {
      toast("The destination is made", `Send a test to ${destination.name} to see that it works.`);
      lookAgain(queries);
      onClose();
    },
  });
  useSending(create.isPending, onSending);

  function send() {
    const body = { kind: draft.kind, ...destinationBody(draft) };
    create.mutate({ params: { header: { "Idempotency-Key": key.of(body) } }, body });
  }

  return (
    <DestinationForm
      {...{ draft, setDraft, onClose, send }}
      isNew
      word="Make destination"
      isBusy={create.isPending}
      error={create.error}
    />
  );
}

/** Changes a destination, held against the state that was read. */
export function EditDestination({ id, ...form }: FormProps & { id: number }) {
  const destination = useQuery(seenDestinationQuery(id));
  return (
    <QueryState query={destination} skeleton={<Skeleton h={320} />}>
      {(seen) => <EditSeen key={seen.etag} seen={seen} {...form} />}
    </QueryState>
  );
}

function EditSeen({ seen, onSending, onClose }: FormProps & { seen: Seen<AlertDestination> }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => destinationDraft(seen.value));
  const update = api.useMutation("patch", "/api/v1/system/alerts/destinations/{id}", {
    onSuccess: () => {
      toast("The destination is changed", "It holds from the next attempt on.");
      lookAgain(queries);
      onClose();
    },
  });
  useSending(update.isPending, onSending);
  const send = () =>
    update.mutate({
      params: { path: { id: seen.value.id }, header: { "If-Match": seen.etag } },
      body: destinationBody(draft),
    });
  return (
    <DestinationForm
      {...{ draft, setDraft, onClose, send }}
      isNew={false}
      word="Save"
      isBusy={update.isPending}
      error={update.error}
    />
  );
}

interface Props {
  draft: DestinationDraft;
  setDraft: (draft: DestinationDraft) => void;
  send: () => void;
  onClose: () => void;
  isNew: boolean;
  word: string;
  isBusy: boolean;
  error: unknown;
}

function DestinationForm({ draft, setDraft, send, onClose, isNew, word, isBusy, error }: Props) {
  const problem = error ? asProblem(error) : null;
  const shown = showable(problem, FIELDS);
  const change = (part: Partial<DestinationDraft>) => setDraft({ ...draft, ...part });

  function submit(event: FormEvent) {
    event.preventDefault();
    send();
  }

  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="md">
        {isNew ? <Kind draft={draft} change={change} /> : <Text>{KINDS[draft.kind].label}</Text>}
        <TextInput
          label="Name"
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={fieldMessage(problem, "/name")}
          maxLength={100}
        />
        {draft.kind === "email" ? (
          <Mail {...{ draft, change, problem, isNew }} />
        ) : (
          <Hook {...{ draft, change, problem, isNew }} />
        )}
        {shown && <ProblemState error={shown} />}
        <FormButtons word={word} isBusy={isBusy} onClose={onClose} />
      </Stack>
    </form>
  );
}

interface PartProps {
  draft: DestinationDraft;
  change: (part: Partial<DestinationDraft>) => void;
  problem: ApiProblem | null;
  isNew: boolean;
}

function Kind({ draft, change }: Pick<PartProps, "draft" | "change">) {
  return (
    <Radio.Group label="Kind" value={draft.kind} onChange={(kind) => change({ kind: kind as DestinationKind })}>
      <Stack gap="xs" mt={6}>
        {(Object.keys(KINDS) as DestinationKind[]).map((kind) => (
          <Radio key={kind} value={kind} {...KINDS[kind]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Hook({ draft, change, problem, isNew }: PartProps) {
  const isTeams = draft.kind === "teams";
  return (
    <>
      <TextInput
        label="Address"
        description={
          !isNew
            ? "Leave it empty to keep the one that is set, which is never shown as a whole."
            : "http or https; private networks only where the settings allow them."
        }
        placeholder="https://…"
        value={draft.url}
        onChange={(event) => change({ url: event.currentTarget.value })}
        error={fieldMessage(problem, "/url")}
      />
      {!isTeams && (
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <PasswordInput
            label="Secret"
            description={
              isNew
                ? "Signs each request. Copy it to the receiver now: it is never shown again."
                : "Leave it empty to keep the one that is set; a new address needs a new one."
            }
            autoComplete="new-password"
            value={draft.secret}
            onChange={(event) => change({ secret: event.currentTarget.value })}
            error={fieldMessage(problem, "/secret")}
            flex={1}
          />
          <Button variant="default" onClick={() => change({ secret: newSecret() })}>
            Generate
          </Button>
        </Group>
      )}
    </>
  );
}

function Mail({ draft, change, problem, isNew }: PartProps) {
  return (
    <>
      <div className={classes.beside}>
        <TextInput
          label="Mail server"
          value={draft.host}
          onChange={(event) => change({ host: event.currentTarget.value })}
          error={fieldMessage(problem, "/smtp_host")}
        />
        <NumberInput
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          value={draft.port}
          onChange={(port) => change({ port: Number(port) || 0 })}
          error={fieldMessage(problem, "/smtp_port")}
        />
        <Select
          label="Encryption"
          data={options(TLS)}
          value={draft.tls}
          allowDeselect={false}
          onChange={(tls) => tls && change({ tls })}
          error={fieldMessage(problem, "/smtp_tls")}
        />
      </div>
      <div className={classes.beside}>
        <TextInput
          label="User name"
          description="Empty: without signing in"
          autoComplete="off"
          value={draft.username}
          onChange={(event) => change({ username: event.currentTarget.value })}
          error={fieldMessage(problem, "/smtp_username")}
        />
        <PasswordInput
          label="Password"
          description={isNew ? "Never shown again" : "Empty: keep the one that is set"}
          autoComplete="new-password"
          value={draft.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
          error={fieldMessage(problem, "/smtp_password")}
        />
      </div>
      <TextInput
        label="From"
        placeholder="TenantAtlas <atlas@example.com>"
        value={draft.from}
        onChange={(event) => change({ from: event.currentTarget.value })}
        error={fieldMessage(problem, "/from")}
      />
      <Textarea
        label="To"
        description="One address a line"
        autosize
        minRows={2}
        value={draft.to}
        onChange={(event) => change({ to: event.currentTarget.value })}
        error={fieldProblem(problem, "/to")}
      />
    </>
  );
}
