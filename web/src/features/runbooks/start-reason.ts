import { type ApiProblem, asProblem } from "../../api/problem";
import type { ReasonDraft } from "../../ui/ReasonFields";

/** Says what keeps a reason from being sent as it stands; null when nothing does. Whether its words are enough is the API's to say. */
export function reasonProblem(reason: ReasonDraft, isNeeded: boolean): ApiProblem | null {
  const isEmpty = reason.code === null && reason.text.trim() === "";
  if (isEmpty) return isNeeded ? refusal("/reason", "A start under break-glass needs a reason.") : null;
  // Words without a kind cannot be sent, and leaving them out would lose them.
  return reason.code === null ? refusal("/reason/code", "Choose one: a reason needs its code.") : null;
}

function refusal(pointer: string, message: string): ApiProblem {
  return asProblem({
    type: "about:blank",
    code: "reason-required",
    status: 422,
    title: "Reason required",
    detail: message,
    instance: "",
    request_id: "",
    errors: [{ pointer, code: "required", message }],
  });
}
