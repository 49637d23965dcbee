import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
  title: string;
  children: ReactNode;
  /** Read out at once, where it answers what somebody just did. */
  isUrgent?: boolean;
}

/** Something to know before going on. */
export function Notice({ title, children, isUrgent = false }: Props) {
  return (
    <Alert variant="default" role={isUrgent ? "alert" : "note"} icon={<IconAlertTriangle />} title={title}>
      {children}
    </Alert>
  );
}
