import type { FieldError, Problem } from "./schema";

/** Codes that the page makes itself, where no problem of the API arrived. */
const UNREACHABLE = "unreachable";
const UNEXPECTED_ANSWER = "unexpected-answer";

/** What went wrong, as the API says it (RFC 9457). Extension members of the problem stay readable. */
export type ApiProblem = Problem & Record<string, unknown>;

/** Reads anything that a query or mutation threw. */
export function asProblem(error: unknown): ApiProblem {
  if (isProblem(error)) return error;
  if (error instanceof TypeError || error instanceof DOMException) {
    return own(
      UNREACHABLE,
      0,
      "The server cannot be reached",
      "Nothing was changed by this page. It tries again by itself.",
    );
  }
  return own(
    UNEXPECTED_ANSWER,
    0,
    "An answer that was not expected",
    "Something between this page and the server answered instead of it.",
  );
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

function own(code: string, status: number, title: string, detail: string): ApiProblem {
  return { type: "about:blank", code, status, title, detail, instance: "", request_id: "" };
}
