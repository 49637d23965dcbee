import { Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { breakGlassOpen } from "../../api/break-glass";
import { type ApiProblem, asProblem, fieldMessage } from "../../api/problem";
import type { Preflight, Run, Runbook, StartRunBody } from "../../api/schema";
import { FormButtons } from "../../ui/FormButtons";
import { type ReasonDraft, ReasonFields } from "../../ui/ReasonFields";
import { freshPreflight } from "./figures";
import type { usePreflight } from "./queries";
import { StartImpact } from "./StartImpact";
import { StartProblem } from "./StartProblem";
import { reachOf } from "./scope";
import { reasonProblem } from "./start-reason";
import { useStart } from "./use-start";

interface Props {
  runbook: Runbook;
  /** The preflight that is confirmed: the one that is shown. */
  preflight: Preflight;
  forecast: ReturnType<typeof usePreflight>;
  onSending: (isSending: boolean) => void;
  onStarted: (run: Run) => void;
  onClose: () => void;
}

/** Figures that no longer held when they were confirmed. */
export interface Outdated {
  before: Preflight;
  why: string;
}

/** What a start over this scope asks for. What was typed stays, whatever the answer, except the word of old figures. */
export function StartForm({ runbook, preflight, forecast, onSending, onStarted, onClose }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState<ReasonDraft>({ code: null, text: "" });
  const [outdated, setOutdated] = useState<Outdated | null>(null);
  const [unsent, setUnsent] = useState<ApiProblem | null>(null);
  const start = useStart(runbook, onStarted);
  const isOverAll = preflight.scope.mode === "all_tenants";
  const isBreakGlass = breakGlassOpen.use();
  const problem = unsent ?? start.problem;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for every answer that refuses something
  useEffect(() => {
    const field = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (field) field.focus();
    else form.current?.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
  }, [problem, outdated]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const lacking = reasonProblem(reason, isBreakGlass);
    setUnsent(lacking);
    if (lacking) return;
    onSending(true);
    try {
      await start.send(bodyOf(preflight, isOverAll ? typed : null, reason));
    } catch (error) {
      outdate(asProblem(error));
    } finally {
      onSending(false);
    }
  }

  function outdate(refused: ApiProblem) {
    const fresh = refused.code === "preflight-stale" ? freshPreflight(refused) : null;
    if (!fresh) return;
    setOutdated({ before: preflight, why: refused.detail });
    setTyped("");
    forecast.replace(fresh);
  }

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <StartImpact preflight={preflight} outdated={outdated} />
        {isOverAll && (
          <TextInput
            label={`Type ${runbook.typed_confirmation} to confirm`}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
            maxLength={100}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={fieldMessage(problem, "/typed_confirmation")}
          />
        )}
        {isBreakGlass && <Text size="sm">Break-glass is open: a start needs a reason, over one tenant too.</Text>}
        <ReasonFields value={reason} onChange={setReason} problem={problem} />
        <StartProblem problem={problem} onAgain={forecast.run} />
        <FormButtons word={`Start run over ${reachOf(preflight)}`} isBusy={start.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}

/** What is sent; a reason of which nothing was given is left out, and whether it may be is the API's to say. */
function bodyOf(preflight: Preflight, typed: string | null, reason: ReasonDraft): StartRunBody {
  return {
    preflight_id: preflight.id,
    scope: preflight.scope,
    ...(typed === null ? {} : { typed_confirmation: typed }),
    ...(reason.code === null ? {} : { reason: { code: reason.code, text: reason.text } }),
  };
}
