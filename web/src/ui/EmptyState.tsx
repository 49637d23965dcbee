import { Paper, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
}

/** Nothing to show, and why that is or what to do about it. */
export function EmptyState({ title, children }: Props) {
  return (
    <Paper withBorder p="lg">
      <Stack gap={4} align="flex-start">
        <Text fw={600}>{title}</Text>
        {children && <div>{children}</div>}
      </Stack>
    </Paper>
  );
}
