import { Button, Group } from "@mantine/core";

interface Props {
  label: string;
  isDeep: boolean;
  nextCursor: string | null | undefined;
  onPage: (cursor: string | undefined) => void;
}

/** Steps through a list that does not begin with the newest. */
export function FirstAndNext({ label, isDeep, nextCursor, onPage }: Props) {
  if (!isDeep && !nextCursor) return null;
  return (
    <Group gap="xs" mt="sm" component="nav" aria-label={label}>
      <Button variant="default" size="xs" disabled={!isDeep} onClick={() => onPage(undefined)}>
        First
      </Button>
      <Button variant="default" size="xs" disabled={!nextCursor} onClick={() => nextCursor && onPage(nextCursor)}>
        Next
      </Button>
    </Group>
  );
}
