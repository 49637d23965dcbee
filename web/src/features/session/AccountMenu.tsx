import { Button, Divider, Group, Popover, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconLogout, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Plane } from "../../api/plane";
import { toast } from "../../ui/toast";
import { SESSIONS } from "./planes";
import { signOut } from "./queries";

interface Props {
  plane: Plane;
  name: string;
  email: string;
  /** What belongs to the account beside its name. */
  children: ReactNode;
}

/** Who is signed in to a plane, and the way out. */
export function AccountMenu({ plane, name, email, children }: Props) {
  const queries = useQueryClient();
  const router = useRouter();

  async function leave() {
    const problem = await signOut(plane);
    if (problem) return toast("You are still signed in", problem.detail);
    await router.navigate({ to: SESSIONS[plane].signInPage, search: {} });
    queries.clear();
  }

  return (
    <Popover position="bottom-end" width={340} trapFocus withRoles>
      <Popover.Target>
        <Button variant="subtle" color="gray" px="xs" aria-label={`Account of ${name}`}>
          <Group gap={6} wrap="nowrap">
            <IconUser size={18} />
            <Text span visibleFrom="sm" maw={180} truncate>
              {name}
            </Text>
            <Text span visibleFrom="sm" lh={0}>
              <IconChevronDown size={14} />
            </Text>
          </Group>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Account">
        <Stack gap="xs">
          <div>
            <Text fw={600}>{name}</Text>
            <Text size="sm" c="dimmed">
              {email}
            </Text>
          </div>
          <Divider />
          {children}
          <Divider />
          <Button variant="default" leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            Sign out
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
