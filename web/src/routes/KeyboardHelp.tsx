import { ActionIcon, Kbd, Modal, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard } from "@tabler/icons-react";
import { SHORTCUTS, useKeyboardShortcuts } from "./keyboard-shortcuts";

/** Listens for the keys of all pages, and lists them. */
export function KeyboardHelp() {
  const [isOpen, help] = useDisclosure(false);
  useKeyboardShortcuts(help.open);
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
        <Table>
          <Table.Tbody>
            {SHORTCUTS.map(({ keys, label }) => (
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
