import { Button, Group } from "@mantine/core";

interface Props {
  /** What sends the form. */
  word: string;
  isBusy: boolean;
  isDisabled?: boolean;
  color?: "red";
  onClose: () => void;
}

/** The end of a form in a dialog: back, or send it. Who has sent it waits for the answer. */
export function FormButtons({ word, isBusy, isDisabled = false, color, onClose }: Props) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" disabled={isBusy} onClick={onClose}>
        Back
      </Button>
      <Button type="submit" color={color} loading={isBusy} disabled={isDisabled}>
        {word}
      </Button>
    </Group>
  );
}
