import { Button, Group } from "@mantine/core";

interface Props {
  /** Whether an older page than the newest is shown. */
  isDeep: boolean;
  nextCursor: string | null | undefined;
  onNewest: () => void;
  onOlder: (cursor: string) => void;
}

/** Steps through a list by cursors. The way back is the browser's, since every page has its own address. */
export function KeysetPager({ isDeep, nextCursor, onNewest, onOlder }: Props) {
  if (!isDeep && !nextCursor) return null;
  return (
    <Group gap="xs" mt="sm" component="nav" aria-label="Pages of the list">
      <Button variant="default" size="xs" disabled={!isDeep} onClick={onNewest}>
        Newest
      </Button>
      <Button variant="default" size="xs" disabled={!nextCursor} onClick={() => nextCursor && onOlder(nextCursor)}>
        Older
      </Button>
    </Group>
  );
}
