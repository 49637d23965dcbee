import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { type ApiProblem, asProblem, showable } from "../../api/problem";
import type { Activation } from "../../api/schema";
import { inSentence } from "../../lib/format";
import { ProblemState } from "../../ui/ProblemState";
import { useSending } from "../../ui/use-sending";
import { ChangedMeanwhile } from "./ChangedMeanwhile";
import { controlToast, refusalToast } from "./control-toast";
import classes from "./controls.module.css";
import { ImpactPreview } from "./ImpactPreview";
import { PauseSentence } from "./PauseSentence";
import { pauseOf } from "./pause-draft";
import { impactOf, previewQuery } from "./preview";
import { readControl, type Seen, takeOver } from "./queries";

interface Props {
  seen: Seen;
  activationId: number;
  /** It has not begun: it is called off, which makes nothing available that was not. */
  isScheduled: boolean;
  onSending: (isSending: boolean) => void;
  onClose: () => Promise<void>;
  onDone: () => Promise<void>;
}

/** Ends a pause after showing for whom the action will be available again, or calls off one that has not begun. */
export function ResumeStep({ seen: first, activationId, isScheduled, onSending, onClose, onDone }: Props) {
  const queries = useQueryClient();
  const [seen, setSeen] = useState(first);
  const [ended] = useState(() => findPause(first, activationId, isScheduled));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isChanged, setIsChanged] = useState(false);
  const { control } = seen;
  const scope = { scope_type: ended?.scope_type ?? "global", workspace_id: ended?.workspace_id };
  const preview = useQuery({
    ...previewQuery(control.key, "resume", scope),
    enabled: ended !== undefined && !isScheduled,
  });
  const resume = api.useMutation("post", "/api/v1/system/ops/controls/{key}/resume");
  const isShown = useSending(resume.isPending, onSending);
  if (!ended) return <Text>This pause has ended already. There is nothing to do.</Text>;
  const label = inSentence(control.label);
  const shown = showable(problem, []);

  async function send() {
    try {
      const { control: after, changed } = await resume.mutateAsync({
        params: { path: { key: control.key }, header: { "If-Match": seen.etag } },
        body: {
          ...scope,
          ...(isScheduled ? { scheduled: true } : {}),
          ...(preview.data ? { previewed: impactOf(preview.data) } : {}),
        },
      });
      takeOver(queries, after);
      controlToast(titleOf(changed, isScheduled, control.label), after);
      if (isShown.current) await onDone();
    } catch (error) {
      const why = asProblem(error);
      if (!isShown.current) return refusalToast(control.label, why);
      const now = why.code === "precondition-failed" ? await readControl(control.key).catch(() => null) : null;
      if (now) {
        setSeen(now);
        setIsChanged(true);
        void queries.invalidateQueries({ queryKey: previewQuery(control.key, "resume", scope).queryKey });
      }
      if (why.code === "preview-stale")
        void queries.invalidateQueries({ queryKey: previewQuery(control.key, "resume", scope).queryKey });
      setProblem(now ? null : why);
    }
  }

  const isGone = !pauseOf(control, ended.scope_type, ended.workspace_id, isScheduled);
  return (
    <Stack gap="md">
      {isScheduled ? (
        <Text>It has not begun. Called off, it never will; what is paused now stays paused.</Text>
      ) : (
        <ImpactPreview preview={preview} />
      )}
      {isChanged ? (
        <ChangedMeanwhile control={control} isGone={false} />
      ) : (
        <PauseSentence pause={ended} isScheduled={isScheduled} />
      )}
      {isChanged && isGone && <Text>The pause has ended. There is nothing left to do.</Text>}
      {shown && <ProblemState error={shown} />}
      <Group justify="flex-end" className={classes.buttons}>
        <Button variant="default" disabled={resume.isPending} onClick={() => void onClose()}>
          Back
        </Button>
        <Button
          loading={resume.isPending}
          disabled={isGone || (!isScheduled && !preview.data)}
          onClick={() => void send()}
        >
          {isScheduled ? "Call off the pause" : `Resume ${label}`}
        </Button>
      </Group>
    </Stack>
  );
}

function findPause({ control }: Seen, id: number, isScheduled: boolean): Activation | undefined {
  return (isScheduled ? control.scheduled : control.activations).find((pause) => pause.id === id);
}

function titleOf(changed: boolean, isScheduled: boolean, label: string): string {
  if (!changed) return `There was nothing to end: ${label}`;
  return isScheduled ? `Scheduled pause called off: ${label}` : `Pause ended: ${label}`;
}
