import type { TargetState } from "../../api/schema";
import { id, oneOf, type RawSearch, text } from "../../lib/search";

/** Parts of a run's page. */
export const TABS = ["targets", "failures", "context", "audit"] as const;
export type Tab = (typeof TABS)[number];

/** Where a target stands, in the order in which people ask. */
export const TARGET_STATES = [
  "failed",
  "running",
  "waiting",
  "queued",
  "cancelled",
  "succeeded",
] as const satisfies readonly TargetState[];

/** Dialogs of a run's page, which are the actions of the API. */
export const RUN_ACTIONS = ["pause", "resume", "cancel", "retry_failed"] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

/** View state of a run's page, all of it in the address (WEB-03). */
export interface RunSearch {
  /** Targets, unless something else was chosen. */
  tab?: Exclude<Tab, "targets">;
  state?: TargetState;
  /** Of the list in the tab. */
  cursor?: string;
  /** Event of the audit trail whose metadata are shown. */
  event?: number;
  dialog?: RunAction;
}

/** Reads the address of a run. */
export function readRunSearch(search: RawSearch): RunSearch {
  return {
    tab: oneOf(search.tab, ["failures", "context", "audit"]),
    state: oneOf(search.state, TARGET_STATES),
    cursor: text(search.cursor),
    event: id(search.event),
    dialog: oneOf(search.dialog, RUN_ACTIONS),
  };
}

/** Reads the address of an operation, which has neither an audit trail nor dialogs for members. */
export function readOperationSearch(search: RawSearch): RunSearch {
  const { tab, state, cursor } = readRunSearch(search);
  return { tab: tab === "audit" ? undefined : tab, state, cursor };
}
