import { Badge, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Finding } from "../../api/schema";
import { Time } from "../../ui/Time";
import { isOver } from "./finding-words";

type Shown = Pick<Finding, "status" | "severity" | "overdue" | "due_at" | "due_source">;

/** By when a finding has to be repaired: overdue ones say so first; what nobody has decided or computed yet says that. */
export function Due({ finding }: { finding: Shown }) {
  const { due_at: due, due_source: source, overdue, status } = finding;
  if (!due)
    return (
      <Text span inherit c="dimmed">
        {none(finding)}
      </Text>
    );
  return (
    <>
      {overdue && (
        <Badge variant="light" color="red" leftSection={<IconAlertTriangle size={12} />} mr={6}>
          Overdue
        </Badge>
      )}
      <Text span inherit c={isOver(status) ? "dimmed" : undefined}>
        <Time value={due} />
        {source === "person" && ", set by a person"}
      </Text>
    </>
  );
}

function none({ status, severity, due_source: source }: Shown): string {
  if (source === "person") return "None, decided by a person";
  if (isOver(status)) return "–";
  // There is nothing to repair, so no backfill sets a date.
  return severity === "informational" ? "None" : "Not set";
}
