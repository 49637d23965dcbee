/** What to do about a failure; what happened is the message of the API. */
const ADVICE: Record<string, string> = {
  residue_left:
    "See what else changes findings of the tenant, such as an import that runs at the same time, then retry the failed targets.",
  tenant_not_allowed: "Nothing, unless the tenant should not have been removed. A retry leaves it out.",
  worker_lost: "Look at the log and the memory of the workers first: a retry may stop them again.",
  constraint_violated: "The log of the worker names the row. Correct it, then retry the failed targets.",
  statement_timeout: "Retry when the database is less busy.",
  database_error: "The log of the database says why. Retry once that is mended.",
  internal_error: "The log of the worker says what, by the number of this run. Retry once that is mended.",
};

/** What to do about failures of this code, if anything is known about it. */
export function failureAdvice(code: string): string | null {
  return ADVICE[code] ?? null;
}
