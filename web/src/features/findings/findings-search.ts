import type { FindingStatus, FindingType, Severity } from "../../api/schema";
import { oneOf, type RawSearch, text } from "../../lib/search";
import { SEVERITIES } from "../../ui/severities";
import { STATUSES, TYPES } from "./finding-words";

/** What the list of findings is narrowed by. */
export interface FindingFilter {
  status?: FindingStatus;
  severity?: Severity;
  type?: FindingType;
  overdue?: "true" | "false";
  /** Open, and missing in the newest scan that looked for it. */
  unobserved?: "true" | "false";
  search?: string;
}

/** View state of the list of findings, all of it in the address (WEB-03). */
export interface FindingsSearch extends FindingFilter {
  cursor?: string;
  /** On phones the filters are folded away until they are asked for. */
  filters?: "open";
  dialog?: "backfill";
}

/** Reads the address of the list. */
export function readFindingsSearch(search: RawSearch): FindingsSearch {
  return {
    status: oneOf(
      search.status,
      STATUSES.map(({ value }) => value),
    ),
    severity: oneOf(
      search.severity,
      SEVERITIES.map(({ value }) => value),
    ),
    type: oneOf(
      search.type,
      TYPES.map(({ value }) => value),
    ),
    overdue: oneOf(search.overdue, ["true", "false"]),
    unobserved: oneOf(search.unobserved, ["true", "false"]),
    search: text(search.search)?.slice(0, 200),
    cursor: text(search.cursor),
    filters: oneOf(search.filters, ["open"]),
    dialog: oneOf(search.dialog, ["backfill"]),
  };
}

/** The filters of an address, those in use only. */
export function filterOf({ status, severity, type, overdue, unobserved, search }: FindingsSearch): FindingFilter {
  const filter = { status, severity, type, overdue, unobserved, search };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
