import { Anchor, Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Plane } from "../../api/plane";
import { type Me, SESSIONS } from "./planes";
import { enter } from "./queries";
import { SignInForm } from "./SignInForm";

/** Sign-in of operators. */
export function SignInPage() {
  return <SignIn plane="system" other="tenant" otherWay="Members of a tenant sign in here" />;
}

/** Sign-in of customers' users. */
export function TenantSignInPage() {
  return <SignIn plane="tenant" other="system" otherWay="Operators sign in here" />;
}

interface Props {
  plane: Plane;
  other: Plane;
  otherWay: string;
}

/** Asks who somebody is; afterwards the page that was asked for. */
function SignIn({ plane, other, otherWay }: Props) {
  const { audience, start, signInPage } = SESSIONS[plane];
  const { return_to } = useSearch({ from: signInPage });
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    document.title = "Sign in · TenantAtlas";
  }, []);

  async function goOn(me: Me) {
    await enter(queries, plane, me);
    router.history.replace(return_to ?? start);
  }

  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={400}>
        <Stack gap="lg">
          <div>
            <Title order={1}>Sign in</Title>
            <Text c="dimmed">TenantAtlas · {audience}</Text>
          </div>
          <SignInForm plane={plane} onSignedIn={goOn} />
          <Text size="sm">
            <Anchor inherit renderRoot={(props) => <Link to={SESSIONS[other].signInPage} {...props} />}>
              {otherWay}
            </Anchor>
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}
