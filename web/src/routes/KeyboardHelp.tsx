import { ActionIcon, Kbd, Modal, Switch, Table } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { IconKeyboard } from "@tabler/icons-react";
import { type Shortcut, useKeyboardShortcuts } from "./keyboard-shortcuts";

/** Listens for the keys of all pages, lists them, and lets them be turned off, as speech input needs it (WCAG 2.1.4). */
export function KeyboardHelp({ shortcuts }: { shortcuts: readonly Shortcut[] }) {
  const [isOpen, help] = useDisclosure(false);
  const [isOn, setOn] = useLocalStorage({ key: "tenantatlas-keyboard-shortcuts", defaultValue: true });
  useKeyboardShortcuts(shortcuts, isOn, help.open);
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Keyboard shortcuts"
        visibleFrom="sm"
        onClick={help.open}
      >
        <IconKeyboard size={18} />
      </ActionIcon>
      <Modal opened={isOpen} onClose={help.close} title="Keyboard shortcuts">
        <Switch
          label="Use these keys"
          checked={isOn}
          onChange={(event) => setOn(event.currentTarget.checked)}
          mb="sm"
        />
        <Table>
          <Table.Tbody>
            {shortcuts.map(({ keys, label }) => (
              <Table.Tr key={label}>
                <Table.Td w={120}>
                  {keys.split(" ").map((key) => (
                    <Kbd key={key} mr={4}>
                      {key}
                    </Kbd>
                  ))}
                </Table.Td>
                <Table.Td>{label}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}
