import type { AlertRule, AlertSeverity, DestinationKind, SmtpTls } from "../../api/schema";

export const KINDS: Record<DestinationKind, { label: string; description: string }> = {
  teams: { label: "Microsoft Teams", description: "A card in a channel, by an incoming webhook" },
  webhook: { label: "Webhook", description: "A signed request to a program of yours" },
  email: { label: "E-mail", description: "A mail to people, by your mail server" },
};

export const SEVERITIES: Record<AlertSeverity, string> = {
  info: "Everything",
  warning: "Warning and above",
  error: "Error and above",
  critical: "Critical only",
};

export const TLS: Record<SmtpTls, string> = {
  starttls: "STARTTLS (usually port 587)",
  implicit: "TLS from the start (usually port 465)",
  none: "None",
};

/** The members of a table, for a list to choose from. */
export function options<K extends string>(table: Record<K, string | { label: string }>): { value: K; label: string }[] {
  return (Object.entries(table) as [K, string | { label: string }][]).map(([value, said]) => ({
    value,
    label: typeof said === "string" ? said : said.label,
  }));
}

/** "10 minutes", "2 hours", "none". */
export function cooldownInWords(seconds: number): string {
  if (seconds === 0) return "None";
  const [amount, unit] = seconds % 3_600 === 0 ? [seconds / 3_600, "hour"] : [Math.round(seconds / 60), "minute"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

/** "22:00 to 07:00, Europe/Berlin". */
export function quietInWords(quiet: AlertRule["quiet_hours"]): string {
  return quiet ? `${quiet.from} to ${quiet.to}, ${quiet.time_zone}` : "None";
}
