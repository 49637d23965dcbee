import type { ApiProblem } from "../../api/problem";

/**
 * A problem to show as a whole: not one whose every message stands beside its field, and not that the session ended,
 * for which the page asks for the password.
 */
export function showable(problem: ApiProblem | null, pointersOfFields: readonly string[]): ApiProblem | null {
  if (!problem || problem.code === "unauthenticated") return null;
  const errors = problem.errors ?? [];
  return errors.length > 0 && errors.every((error) => pointersOfFields.includes(error.pointer)) ? null : problem;
}
