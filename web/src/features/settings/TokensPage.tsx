import { Button, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { Plane } from "../../api/plane";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { NewTokenDialog } from "./NewTokenDialog";
import { tokensQuery } from "./queries";
import { TokensTable } from "./TokensTable";

/** API tokens of the operator (ACC-07). */
export function TokensPage() {
  return <Tokens plane="system" />;
}

/** API tokens of the user. */
export function UserTokensPage() {
  return <Tokens plane="tenant" />;
}

function Tokens({ plane }: { plane: Plane }) {
  const tokens = useQuery(tokensQuery(plane));
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <PageHeader
        section="Settings"
        title="API tokens"
        lead="With a token a program acts for you: at each call it may do what it was made for and you may do then."
        actions={<Button onClick={dialog.open}>Make a token</Button>}
      />
      <QueryState query={tokens} skeleton={<RowsSkeleton />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="You have no API tokens">
              Make one for each program, for as little as it needs.
            </EmptyState>
          ) : (
            <TokensTable plane={plane} tokens={items} />
          )
        }
      </QueryState>
      <NewTokenDialog plane={plane} isOpen={isOpen} onClose={dialog.close} />
    </>
  );
}

/** While a list of credentials loads. */
export function RowsSkeleton() {
  return (
    <Stack gap="xs">
      <Skeleton h={42} />
      <Skeleton h={42} />
      <Skeleton h={42} />
    </Stack>
  );
}
