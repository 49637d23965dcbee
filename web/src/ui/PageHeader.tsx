import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect } from "react";

interface Props {
  title: string;
  /** Where the page belongs, such as "Ops". */
  section?: string;
  /** One line below the title. */
  lead?: ReactNode;
  /** The page's actions, at the right. */
  actions?: ReactNode;
}

/** Title of a page, which is also the title of its tab. */
export function PageHeader({ title, section, lead, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · TenantAtlas`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb="md" component="header">
      <Stack gap={2} miw={0} flex="1 1 260px">
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {section && (
            <Text span inherit c="dimmed" fw={400}>
              {section} /{" "}
            </Text>
          )}
          {title}
        </Title>
        {lead && (
          <Text component="div" c="dimmed">
            {lead}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
