import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  label: string;
  /** Already formatted; digits are tabular. */
  value: ReactNode;
  /** Says more about the value, below it. */
  note?: ReactNode;
}

/** One number with its name, as in a row of figures; use it inside a `<dl>`. */
export function Figure({ label, value, note }: Props) {
  return (
    <Stack gap={0} miw={96} component="div">
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fz={20} fw={600} lh={1.3}>
        {value}
      </Text>
      {note && (
        <Text component="dd" m={0} size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Stack>
  );
}
