import { type ApiProblem, fieldMessage } from "../../api/problem";

/** What is wrong with a field, or with one of its members. */
export function fieldProblem(problem: ApiProblem | null, pointer: string): string | undefined {
  const own = fieldMessage(problem, pointer);
  return own ?? problem?.errors?.find((error) => error.pointer.startsWith(`${pointer}/`))?.message;
}

/** The problem, unless all of it stands at fields already. */
export function showable(problem: ApiProblem | null, fields: string[]): ApiProblem | null {
  const errors = problem?.errors ?? [];
  const isAtField = (pointer: string) => fields.some((field) => pointer === field || pointer.startsWith(`${field}/`));
  return errors.length > 0 && errors.every(({ pointer }) => isAtField(pointer)) ? null : problem;
}
