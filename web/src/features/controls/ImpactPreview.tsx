import { Skeleton, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ScopePreview } from "../../api/schema";
import { count } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import { QueryState } from "../../ui/QueryState";
import classes from "./controls.module.css";

/** Whom it concerns, as the API counted it: a sentence, then the numbers (CTL-04). */
export function ImpactPreview({ preview }: { preview: UseQueryResult<ScopePreview, unknown> }) {
  return (
    <QueryState query={preview} skeleton={<Skeleton h={110} />}>
      {(impact) => (
        <Stack gap="sm">
          <Text role="status">{impact.summary}</Text>
          <dl className={classes.figures} aria-label="Whom it concerns">
            <Figure label="Workspaces" value={count(impact.workspace_count)} />
            <Figure label="Tenants" value={count(impact.tenant_count)} />
            <Figure label="Runs in flight that go on" value={count(impact.active_run_count)} />
          </dl>
        </Stack>
      )}
    </QueryState>
  );
}
