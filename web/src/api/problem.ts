import type { FieldError, Problem } from "./schema";

/** Codes that the page makes itself, where no problem of the API arrived. */
const UNREACHABLE = "unreachable";
const UNEXPECTED_ANSWER = "unexpected-answer";
const PAGE_FAILED = "page-failed";
const NOT_SENT = "not-sent";

/** Thrown where no answer arrived, so that a mistake of the page itself is not taken for it. */
export class NoAnswer extends Error {}

/** Thrown where somebody thought better of it before anything was sent. */
export class NotSent extends Error {}

/** What went wrong, as the API says it (RFC 9457). Extension members of the problem stay readable. */
export type ApiProblem = Problem & Record<string, unknown>;

/** Reads anything that a query or mutation threw. */
export function asProblem(error: unknown): ApiProblem {
  if (isProblem(error)) return error;
  if (error instanceof NoAnswer) {
    const detail =
      "No answer arrived. If something was sent it may have been done all the same: look before sending it again.";
    return own(UNREACHABLE, "The server cannot be reached", detail);
  }
  if (error instanceof NotSent) {
    return own(NOT_SENT, "Not sent", "Under break-glass this needs a reason, and none was given. Nothing was changed.");
  }
  if (error instanceof Error) {
    return own(PAGE_FAILED, "This page made a mistake", "Reload it. What was sent before may have been done.");
  }
  const detail = "Something between this page and the server answered instead of it. What was sent may have been done.";
  return own(UNEXPECTED_ANSWER, "An answer that was not expected", detail);
}

/** Whether no answer of the API arrived at all. */
export function isUnreachable(problem: ApiProblem): boolean {
  return problem.code === UNREACHABLE || problem.code === UNEXPECTED_ANSWER;
}

/** Message for one field of a request body, by its JSON pointer. */
export function fieldMessage(problem: ApiProblem | null, pointer: string): string | undefined {
  return problem?.errors?.find((error: FieldError) => error.pointer === pointer)?.message;
}

function isProblem(error: unknown): error is ApiProblem {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    "title" in error &&
    "status" in error &&
    "type" in error
  );
}

function own(code: string, title: string, detail: string): ApiProblem {
  return { type: "about:blank", code, status: 0, title, detail, instance: "", request_id: "" };
}

/**
 * A problem to show as a whole: not one whose every message stands beside its field, and not that the session ended,
 * for which the page asks for the password.
 */
export function showable(problem: ApiProblem | null, pointersOfFields: readonly string[]): ApiProblem | null {
  if (!problem || problem.code === "unauthenticated") return null;
  const errors = problem.errors ?? [];
  return errors.length > 0 && errors.every((error) => pointersOfFields.includes(error.pointer)) ? null : problem;
}
