import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

/** A column of such a table. */
export interface Column {
  name: string;
  /** In pixels; without it the column takes what is left. */
  width?: number;
}

interface Props {
  label: string;
  minWidth: number;
  columns: Column[];
  /** Rows, each with its action in a cell after the columns. */
  children: ReactNode;
}

/** One's own credentials, each with the way to end it. */
export function CredentialsTable({ label, minWidth, columns, children }: Props) {
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
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
