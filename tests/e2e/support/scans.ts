/** A scan in the product's own JSON Lines, as a tool would write it: made here, of nobody's tenant. */
export function scanOf(checks: number, more: Record<string, unknown> = {}): string {
  return Array.from({ length: checks }, (_, index) =>
    JSON.stringify({
      source: "e2e-scanner",
      check_id: `E2E.${index + 1}`,
      type: "posture",
      severity: index === 0 ? "critical" : "medium",
      verdict: "open",
      seen_at: "2026-11-01T08:00:00Z",
      title: `Check ${index + 1} of the scan`,
      evidence: { note: "<b>not bold</b>" },
      ...more,
    }),
  ).join("\n");
}

/** What a file input is given. */
export function fileOf(name: string, content: string) {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(content) };
}
