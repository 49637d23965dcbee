import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import type { Plane } from "../../api/plane";
import { sessionExpired } from "../../api/query-client";
import { SESSIONS } from "./planes";
import { enter } from "./queries";
import { SignInForm } from "./SignInForm";

interface Props {
  plane: Plane;
  /** Of whom the session was. */
  email: string;
}

/** Asks for the password over the page, so that nothing typed is lost when a session ends in the middle of a form. */
export function SessionExpiredDialog({ plane, email }: Props) {
  const isExpired = sessionExpired[plane].use();
  const queries = useQueryClient();
  const router = useRouter();

  function leave() {
    sessionExpired[plane].set(false);
    queries.clear();
    void router.navigate({ to: SESSIONS[plane].signInPage, search: {} });
  }

  return (
    <Modal
      opened={isExpired}
      onClose={leave}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title="Your session has ended"
      zIndex={400}
    >
      <Stack gap="md">
        <Text>Sign in again to go on where you were. What you typed is kept; what you sent last was not done.</Text>
        <SignInForm plane={plane} email={email} onSignedIn={(again) => enter(queries, plane, again)} />
        <Group>
          <Button variant="subtle" size="xs" onClick={leave}>
            Sign in as somebody else
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
