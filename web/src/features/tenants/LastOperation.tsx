import { Anchor, Paper, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { count } from "../../lib/format";
import { QueryState } from "../../ui/QueryState";
import { RunStateBadge } from "../../ui/RunStateBadge";
import { Time } from "../../ui/Time";
import { newestOperationQuery } from "./queries";

/** The newest operation of the tenant that the member may see, and how it stands. */
export function LastOperation({ tenantId }: { tenantId: number }) {
  const operations = useQuery(newestOperationQuery(tenantId));
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="last-operation">
      <Title order={2} id="last-operation" mb="xs">
        Last operation
      </Title>
      <QueryState query={operations} skeleton={<Skeleton height={44} />}>
        {({ items: [last] }) =>
          last ? (
            <>
              <RunStateBadge run={last} />{" "}
              <Anchor
                underline="always"
                renderRoot={(props) => (
                  <Link
                    to="/admin/tenants/$tenantId/operations/$runId"
                    params={{ tenantId: String(tenantId), runId: String(last.id) }}
                    {...props}
                  />
                )}
              >
                Operation {last.id}
              </Anchor>
              <Text size="sm" c="dimmed" component="div" mt={4}>
                {last.initiator.name}, <Time value={last.created_at} /> · {count(last.summary_counts.updated)} updated
              </Text>
            </>
          ) : (
            <Text>None that you may see yet.</Text>
          )
        }
      </QueryState>
    </Paper>
  );
}
