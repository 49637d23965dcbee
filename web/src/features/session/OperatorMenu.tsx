import { Code, ScrollArea, Stack, Text } from "@mantine/core";
import { useOperator } from "../../api/me";
import { AccountMenu } from "./AccountMenu";

/** The operator's account, with what they may do. */
export function OperatorMenu() {
  const { name, email, capabilities } = useOperator();
  return (
    <AccountMenu plane="system" name={name} email={email}>
      <Text size="sm" c="dimmed">
        Capabilities
      </Text>
      <ScrollArea.Autosize mah={240} viewportProps={{ tabIndex: 0, role: "group", "aria-label": "Capabilities" }}>
        <Stack gap={4} align="flex-start">
          {capabilities.map((capability) => (
            <Code key={capability}>{capability}</Code>
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </AccountMenu>
  );
}
