import { Button, Code, Group, Modal, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Plane } from "../../api/plane";
import type { ApiToken } from "../../api/schema";
import { ProblemState } from "../../ui/ProblemState";
import { StateBadge } from "../../ui/StateBadge";
import type { State } from "../../ui/states";
import { Time } from "../../ui/Time";
import { PATHS, tokensQuery } from "./queries";

const STATES: Record<ApiToken["state"], { state: State; label: string }> = {
  active: { state: "ok", label: "Active" },
  expired: { state: "stale", label: "Expired" },
  revoked: { state: "cancelled", label: "Revoked" },
};

interface Props {
  plane: Plane;
  tokens: ApiToken[];
}

/** Tokens, the newest first, each with what it may do and the way to end it. */
export function TokensTable({ plane, tokens }: Props) {
  const [asked, setAsked] = useState<ApiToken | null>(null);
  return (
    <>
      <Table.ScrollContainer minWidth={860} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label="API tokens, newest first" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col" w={120}>
                State
              </Table.Th>
              <Table.Th scope="col">May do</Table.Th>
              <Table.Th scope="col" w={130}>
                Last used
              </Table.Th>
              <Table.Th scope="col" w={130}>
                Ends
              </Table.Th>
              <Table.Th scope="col" w={100}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tokens.map((token) => (
              <Table.Tr key={token.id}>
                <Table.Th scope="row" fw={400}>
                  {token.name}{" "}
                  <Text span c="dimmed">
                    …{token.hint}
                  </Text>
                </Table.Th>
                <Table.Td>
                  <StateBadge {...STATES[token.state]} />
                </Table.Td>
                <Table.Td>
                  <Group gap={4}>
                    {token.capabilities.map((capability) => (
                      <Code key={capability}>{capability}</Code>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>{token.last_used_at ? <Time value={token.last_used_at} /> : "Never"}</Table.Td>
                <Table.Td>
                  <Time value={token.expires_at} />
                </Table.Td>
                <Table.Td>
                  {token.state === "active" && (
                    <Button
                      variant="default"
                      size="xs"
                      aria-label={`Revoke ${token.name}`}
                      onClick={() => setAsked(token)}
                    >
                      Revoke
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title="Revoke the token"
        transitionProps={{ duration: 0 }}
      >
        {asked && <RevokeForm plane={plane} token={asked} onClose={() => setAsked(null)} />}
      </Modal>
    </>
  );
}

interface RevokeProps {
  plane: Plane;
  token: ApiToken;
  onClose: () => void;
}

/** Asks before a token is ended, since whatever uses it stops at once. */
function RevokeForm({ plane, token, onClose }: RevokeProps) {
  const queries = useQueryClient();
  const revoke = api.useMutation("delete", PATHS[plane].token, {
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery(plane).queryKey }),
  });
  return (
    <Stack gap="sm">
      <Text>
        Whatever uses {token.name} (…{token.hint}) is refused from now on. This cannot be undone.
      </Text>
      {revoke.isError && <ProblemState error={revoke.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" disabled={revoke.isPending} onClick={onClose}>
          Back
        </Button>
        <Button
          color="red"
          loading={revoke.isPending}
          onClick={() => revoke.mutate({ params: { path: { id: token.id } } }, { onSuccess: onClose })}
        >
          Revoke the token
        </Button>
      </Group>
    </Stack>
  );
}
