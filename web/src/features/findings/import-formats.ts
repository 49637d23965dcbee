/** Formats of scans that can be imported, and what writes them. */
export const FORMATS = [
  { value: "scubagear", label: "ScubaGear (ScubaResults JSON)" },
  { value: "maester", label: "Maester (test results JSON)" },
  { value: "ocsf", label: "OCSF (Prowler and others, JSON)" },
  { value: "jsonl", label: "JSON Lines of TenantAtlas" },
] as const;

export type Format = (typeof FORMATS)[number]["value"];

const NAMES: [RegExp, Format][] = [
  [/scuba/i, "scubagear"],
  [/maester|TestResults/i, "maester"],
  [/ocsf|prowler/i, "ocsf"],
  [/\.jsonl$/i, "jsonl"],
];

/** The format that a file of this name most likely has, to be changed by who knows better. */
export function likelyFormat(fileName: string): Format | null {
  return NAMES.find(([name]) => name.test(fileName))?.[1] ?? null;
}

/** `12.3 MB` */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
