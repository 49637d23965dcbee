import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

/** Says what was asked for, not that it is done: progress lives where the link in the message leads. */
export function toast(title: string, message: ReactNode): void {
  notifications.show({
    title,
    message,
    withBorder: true,
    closeButtonProps: { "aria-label": "Dismiss" },
    // Its own grey is too faint to read.
    styles: { description: { color: "var(--mantine-color-text)" } },
  });
}
