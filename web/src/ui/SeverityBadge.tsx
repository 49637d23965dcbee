import { Badge } from "@mantine/core";
import type { Severity } from "../api/schema";
import { SEVERITIES } from "./severities";

/** How bad something is, as a word with its colour beside. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  const look = SEVERITIES.find(({ value }) => value === severity);
  return (
    <Badge variant="dot" color={look?.color ?? "gray"} style={{ flexShrink: 0 }}>
      {look?.label ?? severity}
    </Badge>
  );
}
