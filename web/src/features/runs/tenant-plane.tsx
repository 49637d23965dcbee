import { Anchor } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { useTenant } from "../../api/tenant";
import { words } from "../../lib/format";
import type { RunAnchorProps, RunsPlane } from "./plane";

/** Types of operations as members know them. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  "findings.lifecycle.backfill": "Backfill findings lifecycle",
};

/** One operation. */
export const operationQuery = (id: number) =>
  api.queryOptions("get", "/api/v1/admin/operations/{id}", { params: { path: { id } } });

/** Runs as members of their tenant see them: operations. */
export const TENANT_PLANE: RunsPlane = {
  name: "tenant",
  noun: "Operation",
  useRun: (runId, again) => useQuery({ ...operationQuery(runId), refetchInterval: ({ state }) => again(state.data) }),
  useTargets: (runId, { state, cursor, limit }, asking) =>
    useQuery({
      ...api.queryOptions("get", "/api/v1/admin/operations/{id}/targets", {
        params: { path: { id: runId }, query: { limit, ...(state && { state }), ...(cursor && { cursor }) } },
      }),
      placeholderData: keepPreviousData,
      ...asking,
    }),
  typeLabel: (run) => typeWords(run.type),
  runKey: (runId) => operationQuery(runId).queryKey,
  hanging: [["get", "/api/v1/admin/operations/{id}/targets"]],
  eventsPath: (runId) => `/api/v1/admin/operations/${runId}/events`,
  RunAnchor: OperationAnchor,
};

/** What an operation does, in words. */
export function typeWords(type: string): string {
  return TYPE_WORDS[type] ?? words(type.replaceAll(".", " "));
}

function OperationAnchor({ runId, search = {}, hash, resetScroll, underline, children }: RunAnchorProps) {
  const tenant = useTenant();
  return (
    <Anchor
      inherit
      underline={underline ?? "hover"}
      renderRoot={(props) => (
        <Link
          to="/admin/tenants/$tenantId/operations/$runId"
          params={{ tenantId: String(tenant.id), runId: String(runId) }}
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
