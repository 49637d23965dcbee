import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { api } from "../../api/client";
import type { Plane } from "../../api/plane";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { AskFirst } from "./AskFirst";
import { PATHS, sessionsQuery } from "./queries";
import { SessionsTable } from "./SessionsTable";
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
  const [isAsked, question] = useDisclosure(false);
  const sessions = useQuery(sessionsQuery(plane));
  const everywhere = api.useMutation("post", PATHS[plane].everywhere, {
    onSuccess: async () => {
      await router.navigate({ to: signInPage, search: {} });
      queries.clear();
    },
  });
  return (
    <>
      <PageHeader
        section="Settings"
        title="Sessions"
        lead="Where you are signed in. What you end is over at once, on every server."
        actions={
          <Button variant="default" onClick={question.open}>
            Sign out everywhere
          </Button>
        }
      />
      <QueryState query={sessions} skeleton={<RowsSkeleton />}>
        {({ items }) => <SessionsTable plane={plane} sessions={items} />}
      </QueryState>
      <AskFirst
        title="Sign out everywhere"
        question={isAsked && "Every session of yours ends, this one too. API tokens stay as they are."}
        button="Sign out everywhere"
        request={everywhere}
        onConfirm={() => everywhere.mutate({})}
        onClose={question.close}
      />
    </>
  );
}
