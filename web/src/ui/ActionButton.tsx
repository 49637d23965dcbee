import { Button, type ButtonProps, Stack, Text } from "@mantine/core";
import { useId } from "react";
import type { ActionState } from "../api/schema";

interface Props extends Omit<ButtonProps, "disabled"> {
  /** What the button of a form sends. */
  type?: "submit";
  /** What the API says about the action; without it the action is not offered now. */
  state: ActionState | undefined;
  onClick?: () => void;
  children: string;
}

/** Button of an action. What may not be done now stays in place, disabled, with the API's reason in words beside it. */
export function ActionButton({ state, onClick, children, ...button }: Props) {
  const reasonId = useId();
  const allowed = state?.allowed ?? false;
  const reason = allowed ? null : state?.reason;
  return (
    <Stack gap={2} align="flex-start">
      <Button {...button} disabled={!allowed} onClick={onClick} aria-describedby={reason ? reasonId : undefined}>
        {children}
      </Button>
      {reason && (
        <Text id={reasonId} size="xs" c="dimmed" maw={260}>
          {reason}
        </Text>
      )}
    </Stack>
  );
}

/** Finds an action among those that the API lists. */
export function actionOf(actions: ActionState[], action: string): ActionState | undefined {
  return actions.find((candidate) => candidate.action === action);
}
