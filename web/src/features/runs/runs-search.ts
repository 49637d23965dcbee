import type { Outcome, Status } from "../../api/schema";
import { flag, id, oneOf, type RawSearch, someOf, text, time } from "../../lib/search";
import { readInitiator } from "./initiators";

/** Where a run stands, as the list can be filtered by it. */
export const STATUSES = ["active", "queued", "running", "completed"] as const satisfies readonly (Status | "active")[];

/** How a run ended, as the list can be filtered by it. */
export const OUTCOMES = [
  "succeeded",
  "partially_succeeded",
  "failed",
  "blocked",
  "cancelled",
] as const satisfies readonly Outcome[];

/** What the list of runs is narrowed by. */
export interface RunFilter {
  status?: (typeof STATUSES)[number];
  /** How it ended: one of these. */
  outcome?: Outcome[];
  /** Whether somebody has taken note of the failure. */
  acknowledged?: boolean;
  type?: string;
  workspace_id?: number;
  tenant_id?: number;
  /** `operator:<id>`, `user:<id>`, `cli` or `system`. */
  initiator?: string;
  created_after?: string;
  created_before?: string;
  completed_after?: string;
}

/** View state of the list of runs, all of it in the address (WEB-03). */
export interface RunsSearch extends RunFilter {
  cursor?: string;
  /** Live refresh is on unless the address says otherwise. */
  live?: "off";
  /** On phones the filters are folded away until they are asked for. */
  filters?: "open";
}

/** Reads the address of the list. */
export function readRunsSearch(search: RawSearch): RunsSearch {
  return {
    status: oneOf(search.status, STATUSES),
    outcome: someOf(search.outcome, OUTCOMES),
    acknowledged: flag(search.acknowledged),
    type: text(search.type),
    workspace_id: id(search.workspace_id),
    tenant_id: id(search.tenant_id),
    initiator: readInitiator(search.initiator),
    created_after: time(search.created_after),
    created_before: time(search.created_before),
    completed_after: time(search.completed_after),
    cursor: text(search.cursor),
    live: oneOf(search.live, ["off"]),
    filters: oneOf(search.filters, ["open"]),
  };
}

/** The filters of an address, those in use only. */
export function filterOf(search: RunsSearch): RunFilter {
  const { cursor: _cursor, live: _live, filters: _filters, ...filter } = search;
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** The same view without any filter, from its newest page on. */
export function withoutFilters({ live, filters }: RunsSearch): RunsSearch {
  return { live, filters };
}
