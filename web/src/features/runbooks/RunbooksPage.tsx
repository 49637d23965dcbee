import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Runbook } from "../../api/schema";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { runbooksQuery } from "./queries";
import { RunbookCard } from "./RunbookCard";

const route = getRouteApi("/system/ops/runbooks");

/** Runbooks with their controls and runs; one is open, with its preflight and start (WEB-01, WEB-02). */
export function RunbooksPage() {
  const runbooks = useQuery(runbooksQuery());
  return (
    <>
      <PageHeader
        section="Ops"
        title="Runbooks"
        lead="Safe, repeatable repairs: look with a preflight, then start a tracked run."
      />
      <QueryState query={runbooks} skeleton={<RunbooksSkeleton />}>
        {({ items }) => <Runbooks runbooks={items} />}
      </QueryState>
    </>
  );
}

function Runbooks({ runbooks }: { runbooks: Runbook[] }) {
  const { runbook: asked } = route.useSearch();
  // What is to be decided next is open; only an address that names something else opens nothing.
  const open = asked ?? runbooks[0]?.key;
  const isKnown = runbooks.some((runbook) => runbook.key === open);
  return (
    <Stack gap="md">
      {runbooks.length === 0 && <EmptyState title="This version has no runbooks" />}
      {asked && !isKnown && (
        <EmptyState title="There is no runbook of that key">The address names one that this version lacks.</EmptyState>
      )}
      {runbooks.map((runbook) => (
        <RunbookCard key={runbook.key} runbook={runbook} isOpen={runbook.key === open} />
      ))}
    </Stack>
  );
}

function RunbooksSkeleton() {
  return (
    <Stack gap="md">
      <Skeleton height={220} />
      <Skeleton height={320} />
    </Stack>
  );
}
