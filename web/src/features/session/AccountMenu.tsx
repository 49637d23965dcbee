import { Button, Code, Group, Menu, ScrollArea, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconLogout, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { signOut, useOperator } from "./queries";

/** Who is signed in, what they may do, and the way out. */
export function AccountMenu() {
  const operator = useOperator();
  const queries = useQueryClient();
  const router = useRouter();

  async function leave() {
    await router.navigate({ to: "/system/sign-in", search: {} });
    await signOut(queries);
  }

  return (
    <Menu position="bottom-end" width={340}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          aria-label={`Account of ${operator.name}`}
          rightSection={<IconChevronDown size={14} />}
        >
          <Group gap={6} wrap="nowrap">
            <IconUser size={16} />
            <Text span visibleFrom="sm" maw={180} truncate>
              {operator.name}
            </Text>
          </Group>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap={0} px="sm" py="xs">
          <Text fw={600}>{operator.name}</Text>
          <Text size="sm" c="dimmed">
            {operator.email}
          </Text>
        </Stack>
        <Menu.Divider />
        <Menu.Label>Capabilities</Menu.Label>
        <ScrollArea.Autosize mah={240} px="sm" pb="xs" viewportProps={{ tabIndex: 0, "aria-label": "Capabilities" }}>
          <Stack gap={4} align="flex-start">
            {operator.capabilities.map((capability) => (
              <Code key={capability}>{capability}</Code>
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
