import type { Outcome, Window } from "../../api/schema";
import { oneOf, type RawSearch } from "../../lib/search";

/** How far back the figures look, and what that is called. */
export const WINDOWS = [
  { value: "1h", label: "1 h", words: "the last hour" },
  { value: "24h", label: "24 h", words: "the last 24 hours" },
  { value: "7d", label: "7 d", words: "the last 7 days" },
  { value: "30d", label: "30 d", words: "the last 30 days" },
] as const satisfies readonly { value: Window; label: string; words: string }[];

/** What the page looks at unless its address says otherwise; left out of the address. */
export const DEFAULT_WINDOW: Window = "24h";

/** The list of runs, narrowed to those that a figure counts. */
export interface RunsLink {
  status?: "active";
  outcome?: Outcome[];
  acknowledged?: boolean;
  created_after?: string;
  completed_after?: string;
}

/** Runs that ended other than well and that nobody has acknowledged (RUN-18), as the list of runs is narrowed to them. */
export const NEEDS_ATTENTION: RunsLink = {
  outcome: ["failed", "blocked", "partially_succeeded"],
  acknowledged: false,
};

const VALUES = WINDOWS.map(({ value }) => value);

/** View state of the page. */
export interface DashboardSearch {
  window?: Window;
}

/** Reads the address of the page. */
export function readDashboardSearch(search: RawSearch): DashboardSearch {
  return { window: leftOut(oneOf(search.window, VALUES)) };
}

/** The window as the address has it: nothing for the usual one. */
export function leftOut(window: Window | undefined): Window | undefined {
  return window === DEFAULT_WINDOW ? undefined : window;
}

/** Reads the choice of somebody. */
export function windowOf(value: string): Window | undefined {
  return oneOf(value, VALUES);
}

/** `the last 24 hours`. */
export function wordsOf(window: Window): string {
  return WINDOWS.find(({ value }) => value === window)?.words ?? window;
}

/** `Last 24 hours`. */
export function titleOf(window: Window): string {
  return wordsOf(window).replace(/^the l/, "L");
}
