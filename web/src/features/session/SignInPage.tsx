import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import type { OperatorProfile } from "../../api/schema";
import { enter } from "./queries";
import { SignInForm } from "./SignInForm";

const route = getRouteApi("/system/sign-in");

/** Sign-in of operators; afterwards the page that was asked for. */
export function SignInPage() {
  const { return_to } = route.useSearch();
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    document.title = "Sign in · TenantAtlas";
  }, []);

  async function goOn(operator: OperatorProfile) {
    await enter(queries, operator);
    router.history.replace(return_to ?? "/system");
  }

  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={400}>
        <Stack gap="lg">
          <div>
            <Title order={1}>Sign in</Title>
            <Text c="dimmed">TenantAtlas · Operators</Text>
          </div>
          <SignInForm onSignedIn={goOn} />
        </Stack>
      </Paper>
    </Center>
  );
}
