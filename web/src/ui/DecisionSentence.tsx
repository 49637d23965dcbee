import type { Decision } from "../api/schema";
import { clockTime, relative, useNowBeside } from "../lib/time";
import { Time } from "./Time";

interface Props {
  decision: Decision;
  /** Name of the workspace, where only one is concerned. */
  workspaceName?: string;
}

/** Why an action may not start now, as a sentence: "Paused globally until 18:00 (in 2 hours): incident 4711". */
export function DecisionSentence({ decision, workspaceName }: Props) {
  if (decision.effective_state === "enabled") return "Enabled";
  const where = decision.matched_scope_type === "workspace" ? `for ${workspaceName ?? "a workspace"}` : "globally";
  return (
    <>
      Paused {where}
      {decision.expires_at ? <Until value={decision.expires_at} /> : " with no end"}
      {decision.reason_text && `: ${decision.reason_text}`}
    </>
  );
}

/** ` until 18:00 (in 2 hours)`, exact on hover and focus. */
export function Until({ value }: { value: string }) {
  const at = new Date(value);
  const now = useNowBeside(at);
  return (
    <>
      {" until "}
      <Time value={value}>{`${clockTime(at, now)} (${relative(at, now)})`}</Time>
    </>
  );
}
