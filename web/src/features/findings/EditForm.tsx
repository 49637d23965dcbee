import { Radio, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import { refreshFindings } from "../../api/findings";
import { type ApiProblem, asProblem, fieldMessage, showable } from "../../api/problem";
import type { Finding } from "../../api/schema";
import { useTenant } from "../../api/tenant";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { toast } from "../../ui/toast";
import { useSending } from "../../ui/use-sending";
import { ChangedMeanwhile } from "./ChangedMeanwhile";
import { Due } from "./Due";
import { bodyOf, DUE_CHOICES, draftOf, hasReason, verbOf } from "./finding-draft";
import { statusWord } from "./finding-words";
import { readFinding, type Seen } from "./queries";

interface Props {
  /** As it was when the dialog opened: what is typed is held against this version. */
  first: Seen;
  onSending: (isSending: boolean) => void;
  onClose: () => Promise<void>;
}

const ZONE = `Time of your zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
const FIELDS = ["/status", "/due_at", "/closed_reason"];

/** Status, due date and reason of a finding, along the transitions that the API offers (FND-05). */
export function EditForm({ first, onSending, onClose }: Props) {
  const tenant = useTenant();
  const queries = useQueryClient();
  const [seen, setSeen] = useState(first);
  const [draft, setDraft] = useState(() => draftOf(first.finding));
  // As it was when somebody else was quicker: the page around shows the new version from then on.
  const [outdated, setOutdated] = useState<Finding | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const update = api.useMutation("patch", "/api/v1/admin/tenants/{tenant}/findings/{id}");
  const isShown = useSending(update.isPending, onSending);
  const { finding } = seen;
  const statuses = [...new Set([finding.status, ...finding.transitions, draft.status])];
  const shown = showable(problem, FIELDS);

  async function send(event: FormEvent) {
    event.preventDefault();
    try {
      await update.mutateAsync({
        params: { path: { tenant: tenant.id, id: finding.id }, header: { "If-Match": seen.etag } },
        body: bodyOf(draft, finding),
      });
      refreshFindings(queries);
      toast("Finding changed", finding.title);
      if (isShown.current) await onClose();
    } catch (error) {
      const why = asProblem(error);
      const now =
        why.code === "precondition-failed" ? await readFinding(tenant.id, finding.id).catch(() => null) : null;
      if (now) {
        setOutdated(finding);
        setSeen(now);
        refreshFindings(queries);
      }
      setProblem(now ? null : why);
    }
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        {outdated && <ChangedMeanwhile before={outdated} now={finding} wanted={draft.status} />}
        <Select
          label="Status"
          data={statuses.map((value) => ({ value, label: statusWord(value) }))}
          allowDeselect={false}
          value={draft.status}
          onChange={(value) =>
            setDraft({ ...draft, status: statuses.find((candidate) => candidate === value) ?? draft.status })
          }
          error={fieldMessage(problem, "/status")}
        />
        {hasReason(draft.status) && (
          <Textarea
            label="Reason"
            description="5 to 500 characters; it stays with the finding and in the audit log."
            autosize
            minRows={2}
            maxLength={500}
            value={draft.reason}
            onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
            error={fieldMessage(problem, "/closed_reason")}
          />
        )}
        <Radio.Group
          label="Due date"
          description="A date of yours stays whatever scans and backfills find."
          value={draft.due}
          onChange={(value) => setDraft({ ...draft, due: DUE_CHOICES.find((choice) => choice === value) ?? draft.due })}
          error={draft.due === "at" ? undefined : fieldMessage(problem, "/due_at")}
        >
          <Stack gap={6} mt={6}>
            <Radio
              value="keep"
              label={
                <>
                  As it is: <Due finding={finding} />
                </>
              }
            />
            <Radio value="at" label="At a time" />
            <Radio value="none" label="None: it is never due" />
          </Stack>
        </Radio.Group>
        {draft.due === "at" && (
          <TextInput
            type="datetime-local"
            label="Due"
            description={ZONE}
            required
            withAsterisk={false}
            value={draft.dueAt}
            onChange={(event) => setDraft({ ...draft, dueAt: event.currentTarget.value })}
            error={fieldMessage(problem, "/due_at")}
          />
        )}
        {shown && <ProblemState error={shown} />}
        {finding.transitions.length === 0 && <Text>{finding.actions[0]?.reason}</Text>}
        <FormButtons word={verbOf(draft.status, finding)} isBusy={update.isPending} onClose={() => void onClose()} />
      </Stack>
    </form>
  );
}
