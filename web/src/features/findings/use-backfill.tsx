import { Anchor } from "@mantine/core";
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, client } from "../../api/client";
import { refreshFindings } from "../../api/findings";
import { asProblem } from "../../api/problem";
import type { MyTenantDetail, Operation, Preflight } from "../../api/schema";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";

/** What a backfill of the tenant would change: counted when the dialog opens, and not again by itself. */
export const preflightQuery = (tenant: number) =>
  queryOptions({
    queryKey: ["preflight", "tenant", tenant],
    queryFn: async (): Promise<Preflight> => {
      const { data, error } = await client.POST(
        "/api/v1/admin/tenants/{tenant}/findings/lifecycle-backfill/preflight",
        {
          params: { path: { tenant } },
          body: {},
        },
      );
      if (!data) throw error;
      return data;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: "always",
    retry: false,
  });

/** Starts the backfill of a tenant. Sent again until it succeeds it has the same key, so that it is one start. */
export function useBackfill(tenant: MyTenantDetail, onStarted: () => void) {
  const queries = useQueryClient();
  const key = useIdempotencyKey();
  const start = api.useMutation("post", "/api/v1/admin/tenants/{tenant}/findings/lifecycle-backfill", {
    onSuccess: (operation) => {
      key.forget();
      sayWhatWasAsked(tenant, operation);
      refreshFindings(queries);
      onStarted();
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["get", "/api/v1/admin/tenants/{tenant}"] });
      void queries.invalidateQueries({ queryKey: ["get", "/api/v1/admin/operations"] });
    },
  });
  function send() {
    const body = {};
    const params = { path: { tenant: tenant.id }, header: { "Idempotency-Key": key.of(body) } };
    start.mutate({ params, body });
  }
  return { send, isPending: start.isPending, problem: start.error ? asProblem(start.error) : null };
}

function sayWhatWasAsked(tenant: MyTenantDetail, { id, deduplicated }: Operation): void {
  toast(
    deduplicated ? `Operation ${id} is active already` : `Start of operation ${id} asked for`,
    <>
      {deduplicated ? "No second one was started. " : `Backfill findings lifecycle, ${tenant.name}. `}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link
            to="/admin/tenants/$tenantId/operations/$runId"
            params={{ tenantId: String(tenant.id), runId: String(id) }}
            {...props}
          />
        )}
      >
        Open operation {id}
      </Anchor>
    </>,
  );
}
