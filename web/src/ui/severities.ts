import type { Severity } from "../api/schema";

/** How bad something is: the word carries the meaning, the colour only helps. Worst first. */
export const SEVERITIES: readonly { value: Severity; label: string; color: string }[] = [
  { value: "critical", label: "Critical", color: "red" },
  { value: "high", label: "High", color: "orange" },
  { value: "medium", label: "Medium", color: "yellow" },
  { value: "low", label: "Low", color: "blue" },
  { value: "informational", label: "Informational", color: "gray" },
];
