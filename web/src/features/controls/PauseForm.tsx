import { Button, Group, Radio, Stack, Text, Textarea } from "@mantine/core";
import type { FormEvent } from "react";
import { type ApiProblem, fieldMessage, showable } from "../../api/problem";
import type { Activation, Control, ScopeType } from "../../api/schema";
import { ProblemState } from "../../ui/ProblemState";
import { WorkspacePicker } from "../../ui/WorkspacePicker";
import classes from "./controls.module.css";
import { PauseTimes } from "./PauseTimes";
import { type PauseDraft, pauseOf } from "./pause-draft";
import { takeFocus } from "./take-focus";

interface Props {
  control: Control;
  draft: PauseDraft;
  /** The pause that is changed. */
  original: { pause: Activation; isScheduled: boolean } | undefined;
  onChange: (draft: PauseDraft) => void;
  problem: ApiProblem | null;
  isBusy: boolean;
  onReview: () => void;
}

const SCOPES: Record<ScopeType, { label: string; description: string }> = {
  global: { label: "Global", description: "The whole installation" },
  workspace: { label: "Workspace", description: "One workspace with its tenants; the others go on" },
};
const SHOWN_AT_FIELDS = ["/scope_type", "/workspace_id", "/reason_text", "/starts_at", "/expires_at"];

/** First step: over what, why, from when and until when. */
export function PauseForm({ control, draft, original, onChange, problem, isBusy, onReview }: Props) {
  const taken = pauseOf(control, draft.scopeType, draft.workspaceId, draft.start === "at");
  const shown = showable(problem, SHOWN_AT_FIELDS);

  function submit(event: FormEvent) {
    event.preventDefault();
    onReview();
  }

  return (
    <form onSubmit={submit} ref={takeFocus} tabIndex={-1} className={classes.step}>
      <Stack gap="md">
        {original && (
          <Text>
            <b>{original.pause.scope_label}</b>, {original.isScheduled ? "scheduled" : "in force"}. Given another scope,
            it is moved in one step.
          </Text>
        )}
        <ScopeFields control={control} draft={draft} onChange={onChange} problem={problem} />
        <Textarea
          label="Reason"
          description="5 to 500 characters; whoever is stopped by the pause reads it."
          autosize
          minRows={2}
          required
          withAsterisk={false}
          minLength={5}
          maxLength={500}
          value={draft.reasonText}
          onChange={(event) => onChange({ ...draft, reasonText: event.currentTarget.value })}
          error={problem ? fieldMessage(problem, "/reason_text") : undefined}
        />
        <PauseTimes draft={draft} original={original} onChange={onChange} problem={problem} />
        {taken && taken.id !== original?.pause.id && (
          <Text role="status">
            There is a pause of this scope already ({taken.reason_text}).{" "}
            {original ? "Resume one of the two, or change that one." : "It will be changed to what you write here."}
          </Text>
        )}
        {shown && <ProblemState error={shown} />}
        <Group justify="flex-end" className={classes.buttons}>
          <Button type="submit" loading={isBusy}>
            Show what it affects
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ScopeFields({ control, draft, onChange, problem }: Pick<Props, "control" | "draft" | "onChange" | "problem">) {
  return (
    <>
      <Radio.Group
        label="Scope"
        value={draft.scopeType}
        onChange={(value) => {
          const scopeType = control.supported_scopes.find((scope) => scope === value);
          if (scopeType) onChange({ ...draft, scopeType });
        }}
        error={problem ? fieldMessage(problem, "/scope_type") : undefined}
      >
        <Stack gap="xs" mt={6}>
          {control.supported_scopes.map((scope) => (
            <Radio key={scope} value={scope} {...SCOPES[scope]} />
          ))}
        </Stack>
      </Radio.Group>
      {draft.scopeType === "workspace" && (
        <WorkspacePicker
          label="Workspace"
          value={draft.workspaceId}
          onChange={(workspaceId, workspaceName) => onChange({ ...draft, workspaceId, workspaceName })}
          error={problem ? fieldMessage(problem, "/workspace_id") : undefined}
        />
      )}
    </>
  );
}
