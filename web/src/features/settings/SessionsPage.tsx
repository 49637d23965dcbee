import { Badge, Button, Group, Table, Text, VisuallyHidden } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { api } from "../../api/client";
import type { Plane } from "../../api/plane";
import { asProblem } from "../../api/problem";
import type { OwnSession } from "../../api/schema";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/toast";
import { PATHS, sessionsQuery } from "./queries";
import { RowsSkeleton } from "./TokensPage";

/** Where the operator is signed in (ACC-08). */
export function SessionsPage() {
  return <Sessions plane="system" signInPage="/system/sign-in" />;
}

/** Where the user is signed in. */
export function UserSessionsPage() {
  return <Sessions plane="tenant" signInPage="/admin/sign-in" />;
}

interface Props {
  plane: Plane;
  signInPage: "/system/sign-in" | "/admin/sign-in";
}

function Sessions({ plane, signInPage }: Props) {
  const queries = useQueryClient();
  const router = useRouter();
  const sessions = useQuery(sessionsQuery(plane));
  const everywhere = api.useMutation("post", PATHS[plane].everywhere, {
    onSuccess: async () => {
      await router.navigate({ to: signInPage, search: {} });
      queries.clear();
    },
    onError: (error) => toast("You are still signed in", asProblem(error).detail),
  });
  return (
    <>
      <PageHeader
        section="Settings"
        title="Sessions"
        lead="Where you are signed in. What you end is over at once, on every server."
        actions={
          <Button variant="default" loading={everywhere.isPending} onClick={() => everywhere.mutate({})}>
            Sign out everywhere
          </Button>
        }
      />
      <QueryState query={sessions} skeleton={<RowsSkeleton />}>
        {({ items }) => <SessionsTable plane={plane} sessions={items} />}
      </QueryState>
    </>
  );
}

function SessionsTable({ plane, sessions }: { plane: Plane; sessions: OwnSession[] }) {
  const queries = useQueryClient();
  const revoke = api.useMutation("delete", PATHS[plane].session, {
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery(plane).queryKey }),
    onError: (error) => toast("The session was not ended", asProblem(error).detail),
  });
  return (
    <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label="Sessions, newest first" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">With</Table.Th>
            <Table.Th scope="col" w={150}>
              From
            </Table.Th>
            <Table.Th scope="col" w={130}>
              Signed in
            </Table.Th>
            <Table.Th scope="col" w={130}>
              Ends
            </Table.Th>
            <Table.Th scope="col" w={120}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <Table.Tr key={session.id}>
              <Table.Th scope="row" fw={400}>
                <Group gap="xs">
                  {session.is_current && <Badge variant="default">This one</Badge>}
                  <Text span style={{ overflowWrap: "anywhere" }}>
                    {session.user_agent ?? "A client without a name"}
                    {session.carrier === "bearer" && " (bearer token)"}
                  </Text>
                </Group>
              </Table.Th>
              <Table.Td>{session.ip ?? "Unknown"}</Table.Td>
              <Table.Td>
                <Time value={session.created_at} />
              </Table.Td>
              <Table.Td>
                <Time value={session.expires_at} />
              </Table.Td>
              <Table.Td>
                {!session.is_current && (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`End the session from ${session.ip ?? "an unknown address"}`}
                    loading={revoke.isPending}
                    onClick={() => revoke.mutate({ params: { path: { id: session.id } } })}
                  >
                    End
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
