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
  /** The tool that found it, as it is shown. */
  source?: string;
  check_id?: string;
  /** Part of title, resource, check, source or fingerprint. */
  search?: string;
}

/** View state of the list of findings, all of it in the address (WEB-03). */
export interface FindingsSearch extends FindingFilter {
  cursor?: string;
  /** On phones the filters are folded away until they are asked for. */
  filters?: "open";
  dialog?: "backfill";
}

/** Most characters that are searched for. */
const LONGEST = 200;

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
    source: text(search.source)?.slice(0, LONGEST),
    check_id: text(search.check_id)?.slice(0, LONGEST),
    search: text(search.search)?.slice(0, LONGEST),
    cursor: text(search.cursor),
    filters: oneOf(search.filters, ["open"]),
    dialog: oneOf(search.dialog, ["backfill"]),
  };
}

/** The filters of an address, those in use only. */
export function filterOf(view: FindingsSearch): FindingFilter {
  const { cursor: _cursor, filters: _filters, dialog: _dialog, ...filter } = view;
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
