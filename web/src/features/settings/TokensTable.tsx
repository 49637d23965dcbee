import { Button, Code, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Plane } from "../../api/plane";
import type { ApiToken } from "../../api/schema";
import { StateBadge } from "../../ui/StateBadge";
import type { State } from "../../ui/states";
import { Time } from "../../ui/Time";
import { AskFirst } from "./AskFirst";
import { type Column, CredentialsTable } from "./CredentialsTable";
import { PATHS, tokensQuery } from "./queries";

const STATES: Record<ApiToken["state"], { state: State; label: string }> = {
  active: { state: "ok", label: "Active" },
  expired: { state: "stale", label: "Expired" },
  revoked: { state: "cancelled", label: "Revoked" },
};

const COLUMNS: [Column<ApiToken>, ...Column<ApiToken>[]] = [
  {
    name: "Name",
    cell: (token) => (
      <>
        {token.name}{" "}
        <Text span c="dimmed">
          …{token.hint}
        </Text>
      </>
    ),
  },
  { name: "State", width: 120, cell: (token) => <StateBadge {...STATES[token.state]} /> },
  {
    name: "May do",
    cell: (token) => (
      <Group gap={4}>
        {token.capabilities.map((capability) => (
          <Code key={capability}>{capability}</Code>
        ))}
      </Group>
    ),
  },
  {
    name: "Last used",
    width: 130,
    cell: (token) => (token.last_used_at ? <Time value={token.last_used_at} /> : "Never"),
  },
  { name: "Ends", width: 130, cell: (token) => <Time value={token.expires_at} /> },
];

interface Props {
  plane: Plane;
  tokens: ApiToken[];
}

/** Tokens, the newest first, each with what it may do and the way to end it. */
export function TokensTable({ plane, tokens }: Props) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<ApiToken | null>(null);
  const revoke = api.useMutation("delete", PATHS[plane].token, {
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery(plane).queryKey }),
  });
  return (
    <>
      <CredentialsTable
        label="API tokens, newest first"
        minWidth={860}
        columns={COLUMNS}
        credentials={tokens}
        action={(token) =>
          token.state === "active" && (
            <Button
              variant="default"
              size="xs"
              flex="none"
              aria-label={`Revoke ${token.name}`}
              onClick={() => setAsked(token)}
            >
              Revoke
            </Button>
          )
        }
      />
      <AskFirst
        title="Revoke the token"
        question={
          asked && `Whatever uses ${asked.name} (…${asked.hint}) is refused from now on. This cannot be undone.`
        }
        button="Revoke the token"
        request={revoke}
        onConfirm={() =>
          asked && revoke.mutate({ params: { path: { id: asked.id } } }, { onSuccess: () => setAsked(null) })
        }
        onClose={() => setAsked(null)}
      />
    </>
  );
}
