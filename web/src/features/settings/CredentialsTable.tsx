import { Card, Group, Stack, Table, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { Fact, Facts } from "../../ui/Facts";

/** A column of such a table. */
export interface Column<T> {
  name: string;
  /** In pixels; without it the column takes what is left. */
  width?: number;
  cell: (credential: T) => ReactNode;
}

interface Props<T> {
  label: string;
  minWidth: number;
  /** The first says which one it is. */
  columns: [Column<T>, ...Column<T>[]];
  credentials: T[];
  /** The way to end it, if it can be ended. */
  action: (credential: T) => ReactNode;
}

/** One's own credentials, each with the way to end it; stacked where the screen is narrow. */
export function CredentialsTable<T extends { id: string | number }>({
  label,
  minWidth,
  columns,
  credentials,
  action,
}: Props<T>) {
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const [which, ...facts] = columns;
  if (isPhone) {
    return (
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: "none" }} aria-label={label}>
        {credentials.map((credential) => (
          <Card key={credential.id} component="li" withBorder padding="sm">
            <Group justify="space-between" align="start" wrap="nowrap" mb="xs">
              <div>{which.cell(credential)}</div>
              {action(credential)}
            </Group>
            <Facts>
              {facts.map(({ name, cell }) => (
                <Fact key={name} name={name}>
                  {cell(credential)}
                </Fact>
              ))}
            </Facts>
          </Card>
        ))}
      </Stack>
    );
  }
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={label} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ name, width }) => (
              <Table.Th key={name} scope="col" w={width}>
                {name}
              </Table.Th>
            ))}
            <Table.Th scope="col" w={120}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {credentials.map((credential) => (
            <Table.Tr key={credential.id}>
              <Table.Th scope="row" fw={400}>
                {which.cell(credential)}
              </Table.Th>
              {facts.map(({ name, cell }) => (
                <Table.Td key={name}>{cell(credential)}</Table.Td>
              ))}
              <Table.Td>{action(credential)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
