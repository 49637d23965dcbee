import { Anchor } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import type { RunAnchorProps, RunsPlane } from "./plane";
import { runQuery } from "./queries";

/** Runs as operators see them. */
export const SYSTEM_PLANE: RunsPlane = {
  name: "system",
  noun: "Run",
  useRun: (runId, again) => useQuery({ ...runQuery(runId), refetchInterval: ({ state }) => again(state.data) }),
  useTargets: (runId, { state, cursor, limit }, asking) =>
    useQuery({
      ...api.queryOptions("get", "/api/v1/system/ops/runs/{id}/targets", {
        params: { path: { id: runId }, query: { limit, ...(state && { state }), ...(cursor && { cursor }) } },
      }),
      placeholderData: keepPreviousData,
      ...asking,
    }),
  typeLabel: (run) => run.type_label,
  runKey: (runId) => runQuery(runId).queryKey,
  hanging: [
    ["get", "/api/v1/system/ops/runs/{id}/targets"],
    ["get", "/api/v1/system/ops/runs/{id}/audit"],
  ],
  eventsPath: (runId) => `/api/v1/system/ops/runs/${runId}/events`,
  RunAnchor,
};

function RunAnchor({ runId, search = {}, hash, resetScroll, underline, children }: RunAnchorProps) {
  return (
    <Anchor
      inherit
      underline={underline ?? "hover"}
      renderRoot={(props) => (
        <Link
          to="/system/ops/runs/$runId"
          params={{ runId: String(runId) }}
          search={search}
          {...(hash !== undefined && { hash })}
          {...(resetScroll !== undefined && { resetScroll })}
          {...props}
        />
      )}
    >
      {children}
    </Anchor>
  );
}
