import { Button, Code, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFlame } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useOperator } from "../../api/me";
import { AccountMenu } from "./AccountMenu";

const OpenBreakGlassDialog = lazy(async () => ({
  default: (await import("./OpenBreakGlassDialog")).OpenBreakGlassDialog,
}));

/** Who holds it may open break-glass. */
const MAY_OPEN = "platform.break_glass.open";

/** The operator's account, with what they may do. */
export function OperatorMenu() {
  const { name, email, capabilities, is_break_glass } = useOperator();
  const [isOpen, dialog] = useDisclosure(false);
  const [wasOpened, setWasOpened] = useState(false);
  function open() {
    setWasOpened(true);
    dialog.open();
  }
  // The dialog stands beside the menu, which goes with all it holds at the first click outside of it.
  return (
    <>
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
        {capabilities.includes(MAY_OPEN) && !is_break_glass && (
          <Button variant="default" leftSection={<IconFlame size={16} />} onClick={open}>
            Open break-glass
          </Button>
        )}
      </AccountMenu>
      {wasOpened && (
        <Suspense fallback={null}>
          <OpenBreakGlassDialog isOpen={isOpen} onClose={dialog.close} />
        </Suspense>
      )}
    </>
  );
}
