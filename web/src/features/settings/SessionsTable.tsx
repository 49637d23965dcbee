import { Badge, Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Plane } from "../../api/plane";
import type { OwnSession } from "../../api/schema";
import { localTime } from "../../lib/time";
import { Time } from "../../ui/Time";
import { AskFirst } from "./AskFirst";
import { type Column, CredentialsTable } from "./CredentialsTable";
import { PATHS, sessionsQuery } from "./queries";

const COLUMNS: [Column<OwnSession>, ...Column<OwnSession>[]] = [
  {
    name: "With",
    cell: (session) => (
      <Group gap="xs">
        {session.is_current && <Badge variant="default">This one</Badge>}
        <Text span style={{ overflowWrap: "anywhere" }}>
          {session.user_agent ?? "A client without a name"}
          {session.carrier === "bearer" && " (bearer token)"}
        </Text>
      </Group>
    ),
  },
  { name: "From", width: 150, cell: (session) => session.ip ?? "Unknown" },
  { name: "Signed in", width: 130, cell: (session) => <Time value={session.created_at} /> },
  { name: "Ends", width: 130, cell: (session) => <Time value={session.expires_at} /> },
];

/** Sessions, the newest first, each with the way to end it. */
export function SessionsTable({ plane, sessions }: { plane: Plane; sessions: OwnSession[] }) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<OwnSession | null>(null);
  const revoke = api.useMutation("delete", PATHS[plane].session, {
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery(plane).queryKey }),
  });
  return (
    <>
      <CredentialsTable
        label="Sessions, newest first"
        minWidth={720}
        columns={COLUMNS}
        credentials={sessions}
        action={(session) =>
          !session.is_current && (
            <Button
              variant="default"
              size="xs"
              flex="none"
              aria-label={`End the session from ${whence(session)}`}
              onClick={() => setAsked(session)}
            >
              End
            </Button>
          )
        }
      />
      <AskFirst
        title="End the session"
        question={asked && `Whoever uses the session from ${whence(asked)}, has to sign in again.`}
        button="End the session"
        request={revoke}
        onConfirm={() =>
          asked && revoke.mutate({ params: { path: { id: asked.id } } }, { onSuccess: () => setAsked(null) })
        }
        onClose={() => setAsked(null)}
      />
    </>
  );
}

/** Tells it from the others, of which many may be from one address. */
function whence({ ip, created_at }: OwnSession): string {
  return `${ip ?? "an unknown address"}, signed in ${localTime(new Date(created_at))}`;
}
