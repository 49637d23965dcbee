import { Button, Stack, Text } from "@mantine/core";
import { Notice } from "../../ui/Notice";

interface Props {
  isExpired: boolean;
  /** A run of the runbook ended after the figures were counted. */
  isOutrun: boolean;
  onAgain: () => void;
}

/** That the figures no longer hold or may not, and how to get new ones; read out when it comes. */
export function OldFigures({ isExpired, isOutrun, onAgain }: Props) {
  return (
    <div aria-live="polite">
      {(isExpired || isOutrun) && (
        <Notice title={isExpired ? "This preflight has expired" : "A run has ended since this preflight"}>
          <Stack gap="xs" align="flex-start">
            <Text>
              {isExpired
                ? "The figures may be old. A start that confirms them counts again first, and is refused with the new ones."
                : "The figures are from before it."}
            </Text>
            <Button variant="default" size="xs" onClick={onAgain}>
              Count again
            </Button>
          </Stack>
        </Notice>
      )}
    </div>
  );
}
