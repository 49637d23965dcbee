import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ApiProblem } from "../../api/problem";
import { showable } from "../../api/problem";
import type { Activation, Control, Impact, PauseBody } from "../../api/schema";
import { inSentence } from "../../lib/format";
import { Facts } from "../../ui/Facts";
import { ProblemState } from "../../ui/ProblemState";
import { ChangedMeanwhile } from "./ChangedMeanwhile";
import classes from "./controls.module.css";
import { ImpactPreview } from "./ImpactPreview";
import { Clock } from "./PauseSentence";
import { impactOf, previewQuery } from "./preview";
import { takeFocus } from "./take-focus";

interface Props {
  control: Control;
  body: PauseBody;
  workspaceName: string | undefined;
  isChange: boolean;
  /** The pause that is there and would be changed. */
  replaced: Activation | undefined;
  /** Somebody else changed the control since it was read. */
  isChanged: boolean;
  problem: ApiProblem | null;
  isBusy: boolean;
  onBack: () => void;
  onSend: (impact: Impact) => void;
}

/** Second step: whom it concerns, and everything that was typed once more. */
export function PauseReview(props: Props) {
  const { control, body, workspaceName, isChange, replaced, isChanged, problem, isBusy, onBack, onSend } = props;
  const preview = useQuery(previewQuery(control.key, "pause", body));
  const shown = showable(problem, []);
  const label = inSentence(control.label);
  const verb = isChange ? `Change the pause of ${label}` : `Pause ${label}`;
  return (
    <Stack gap="md" ref={takeFocus} tabIndex={-1} className={classes.step}>
      <ImpactPreview preview={preview} />
      {isChanged && <ChangedMeanwhile control={control} isGone={isChange && !replaced} />}
      <Facts label="What you typed">
        <dt>Scope</dt>
        <dd>
          {body.scope_type === "global" ? "All workspaces" : `Workspace ${workspaceName ?? body.workspace_id}`}
          {body.moved_from && " instead of the present one"}
        </dd>
        <dt>Starts</dt>
        <dd>{startOf(body, isChange)}</dd>
        <dt>Until</dt>
        <dd>{body.expires_at ? <Clock prefix="" value={body.expires_at} /> : "No end: until somebody resumes"}</dd>
        <dt>Reason</dt>
        <dd>{body.reason_text}</dd>
      </Facts>
      {shown && <ProblemState error={shown} />}
      <Group justify="flex-end" className={classes.buttons}>
        <Button variant="default" disabled={isBusy} onClick={onBack}>
          Back
        </Button>
        <Button
          disabled={!preview.data}
          loading={isBusy}
          onClick={() => preview.data && onSend(impactOf(preview.data))}
        >
          {verb}
        </Button>
      </Group>
    </Stack>
  );
}

function startOf(body: PauseBody, isChange: boolean) {
  if (body.starts_at) return <Clock prefix="" value={body.starts_at} />;
  return isChange ? "In force already" : "At once";
}
