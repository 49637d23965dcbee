import type { QueryKey, UseQueryResult } from "@tanstack/react-query";
import { type ComponentType, createContext, useContext } from "react";
import type { Plane } from "../../api/plane";
import type { Run, RunTarget, TargetState } from "../../api/schema";
import type { FreshPage } from "./held-rows";
import type { RunSearch } from "./run-search";

/** A run as either plane shows it; members see less of its context. */
export type ShownRun = Omit<Run, "context"> & { context: object };

/** Which targets of a run are asked for. */
export interface TargetsPart {
  state?: TargetState | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** When something is asked for. */
export interface Asking {
  enabled?: boolean;
  refetchInterval?: number | false;
}

/** What a link to a run may say beside its number. */
export interface RunAnchorProps {
  runId: number;
  /** Part of its page. */
  search?: RunSearch;
  hash?: string;
  resetScroll?: boolean;
  underline?: "always" | "hover";
  children: string;
}

/** What differs between the planes in looking at runs: where they are asked for, and where links lead. */
export interface RunsPlane {
  name: Plane;
  /** What a run is called there. */
  noun: "Run" | "Operation";
  useRun(runId: number, again: (run: ShownRun | undefined) => number | false): UseQueryResult<ShownRun, unknown>;
  useTargets(runId: number, part: TargetsPart, asking: Asking): UseQueryResult<FreshPage<RunTarget>, unknown>;
  /** What a run does, in words. */
  typeLabel(run: Pick<ShownRun, "type" | "type_label">): string;
  runKey(runId: number): QueryKey;
  /** Keys of queries whose answers hang on the state of a run. */
  hanging: readonly QueryKey[];
  eventsPath(runId: number): string;
  RunAnchor: ComponentType<RunAnchorProps>;
}

/** The plane of the page. */
export const PlaneContext = createContext<RunsPlane | null>(null);

/** The plane of the page that shows runs. */
export function useRunsPlane(): RunsPlane {
  const plane = useContext(PlaneContext);
  if (!plane) throw new Error("a page that shows runs says of which plane");
  return plane;
}

/** What the address of a run's page says, and how to change it. */
export interface RunView {
  search: RunSearch;
  show(change: (now: RunSearch) => RunSearch, options?: { resetScroll?: boolean }): void;
}

/** The view of the run's page. */
export const RunViewContext = createContext<RunView | null>(null);

/** The view of the run's page, inside of it. */
export function useRunView(): RunView {
  const view = useContext(RunViewContext);
  if (!view) throw new Error("the page of a run gives its view");
  return view;
}
