import { Button, Code, Divider, Group, Popover, ScrollArea, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconLogout, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useOperator } from "../../api/me";
import { toast } from "../../ui/toast";
import { signOut } from "./queries";

/** Who is signed in, what they may do, and the way out. */
export function AccountMenu() {
  const operator = useOperator();
  const queries = useQueryClient();
  const router = useRouter();

  async function leave() {
    const problem = await signOut();
    if (problem) return toast("You are still signed in", problem.detail);
    await router.navigate({ to: "/system/sign-in", search: {} });
    queries.clear();
  }

  return (
    <Popover position="bottom-end" width={340} trapFocus withRoles>
      <Popover.Target>
        <Button variant="subtle" color="gray" px="xs" aria-label={`Account of ${operator.name}`}>
          <Group gap={6} wrap="nowrap">
            <IconUser size={18} />
            <Text span visibleFrom="sm" maw={180} truncate>
              {operator.name}
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
            <Text fw={600}>{operator.name}</Text>
            <Text size="sm" c="dimmed">
              {operator.email}
            </Text>
          </div>
          <Divider />
          <Text size="sm" c="dimmed">
            Capabilities
          </Text>
          <ScrollArea.Autosize mah={240} viewportProps={{ tabIndex: 0, role: "group", "aria-label": "Capabilities" }}>
            <Stack gap={4} align="flex-start">
              {operator.capabilities.map((capability) => (
                <Code key={capability}>{capability}</Code>
              ))}
            </Stack>
          </ScrollArea.Autosize>
          <Divider />
          <Button variant="default" leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            Sign out
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
