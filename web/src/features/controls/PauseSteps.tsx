import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { type ApiProblem, asProblem } from "../../api/problem";
import type { Impact, PauseBody } from "../../api/schema";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { useSending } from "../../ui/use-sending";
import { controlToast, refusalToast } from "./control-toast";
import { PauseForm } from "./PauseForm";
import { PauseReview } from "./PauseReview";
import { bodyOf, draftOf, emptyDraft, pauseOf } from "./pause-draft";
import { previewQuery } from "./preview";
import { readControl, type Seen, takeOver } from "./queries";

interface Props {
  seen: Seen;
  /** The pause to change; without it a new one is made. */
  activationId?: number;
  onSending: (isSending: boolean) => void;
  onDone: () => Promise<void>;
}

/**
 * Pauses in two steps (CTL-04): what is wanted, then whom it concerns. What is typed outlives everything that may go
 * wrong: a refusal, an ended session, and somebody else's change in between.
 */
export function PauseSteps({ seen: first, activationId, onSending, onDone }: Props) {
  const queries = useQueryClient();
  const [seen, setSeen] = useState(first);
  const [original] = useState(() => findPause(first, activationId));
  const [draft, setDraft] = useState(() =>
    original ? draftOf(original.pause, original.isScheduled) : emptyDraft(first.control),
  );
  const [body, setBody] = useState<PauseBody | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isChanged, setIsChanged] = useState(false);
  const [isLooking, setIsLooking] = useState(false);
  const pause = api.useMutation("post", "/api/v1/system/ops/controls/{key}/pause");
  const key = useIdempotencyKey();
  const isShown = useSending(pause.isPending, onSending);
  const { control } = seen;

  if (activationId !== undefined && !original) return <Text>This pause has ended. There is nothing to change.</Text>;

  async function review() {
    const wanted = bodyOf(draft, new Date(), original?.pause);
    setIsLooking(true);
    try {
      await queries.fetchQuery({ ...previewQuery(control.key, "pause", wanted), staleTime: 0 });
      setProblem(null);
      setBody(wanted);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setIsLooking(false);
  }

  async function send(wanted: PauseBody, previewed: Impact) {
    const body = { ...wanted, previewed };
    const header = { "If-Match": seen.etag, "Idempotency-Key": key.of(body) };
    try {
      const after = await pause.mutateAsync({ params: { path: { key: control.key }, header }, body });
      takeOver(queries, after);
      controlToast(titleOf(wanted, original !== undefined, control.label), after);
      if (isShown.current) await onDone();
    } catch (error) {
      await refused(asProblem(error), wanted);
    }
  }

  /** Fields are mended where they are; a change of somebody else is shown beside what was typed. */
  async function refused(why: ApiProblem, wanted: PauseBody) {
    if (!isShown.current) return refusalToast(control.label, why);
    const now = why.code === "precondition-failed" ? await readControl(control.key).catch(() => null) : null;
    if (now) {
      setSeen(now);
      setIsChanged(true);
      void queries.invalidateQueries({ queryKey: previewQuery(control.key, "pause", wanted).queryKey });
    }
    if (why.code === "preview-stale")
      void queries.invalidateQueries({ queryKey: previewQuery(control.key, "pause", wanted).queryKey });
    setProblem(now ? null : why);
    if (why.errors?.length) setBody(null);
  }

  if (!body) {
    return (
      <PauseForm
        control={control}
        draft={draft}
        original={original}
        onChange={setDraft}
        problem={problem}
        isBusy={isLooking}
        onReview={() => void review()}
      />
    );
  }
  return (
    <PauseReview
      control={control}
      body={body}
      workspaceName={draft.workspaceName}
      isChange={original !== undefined}
      replaced={pauseOf(control, body.scope_type, body.workspace_id, Boolean(body.starts_at))}
      isChanged={isChanged}
      problem={problem}
      isBusy={pause.isPending}
      onBack={() => {
        setBody(null);
        setProblem(null);
      }}
      onSend={(impact) => void send(body, impact)}
    />
  );
}

function findPause({ control }: Seen, id: number | undefined) {
  const inForce = control.activations.find((pause) => pause.id === id);
  if (inForce) return { pause: inForce, isScheduled: false };
  const scheduled = control.scheduled.find((pause) => pause.id === id);
  return scheduled && { pause: scheduled, isScheduled: true };
}

/** The answer is there, so the pause is. */
function titleOf(wanted: PauseBody, isChange: boolean, label: string): string {
  if (isChange) return `Pause changed: ${label}`;
  return wanted.starts_at ? `Pause scheduled: ${label}` : `Paused: ${label}`;
}
