import type { AlertDestination, CreateAlertDestinationBody, DestinationKind, SmtpTls } from "../../api/schema";

/** A destination while somebody writes it; secrets are empty until they are given. */
export interface DestinationDraft {
  kind: DestinationKind;
  name: string;
  url: string;
  secret: string;
  host: string;
  port: number;
  tls: SmtpTls;
  username: string;
  password: string;
  from: string;
  /** One address a line, or with commas between. */
  to: string;
}

/** A destination that says nothing yet. */
export function emptyDestination(): DestinationDraft {
  return {
    kind: "teams",
    name: "",
    url: "",
    secret: "",
    host: "",
    port: 587,
    tls: "starttls",
    username: "",
    password: "",
    from: "",
    to: "",
  };
}

/** A destination as it is, to be changed. Its address is shown in part only, so it is empty until another is given. */
export function destinationDraft(destination: AlertDestination): DestinationDraft {
  const empty = emptyDestination();
  return {
    ...empty,
    kind: destination.kind,
    name: destination.name,
    host: destination.smtp_host ?? "",
    port: destination.smtp_port ?? empty.port,
    tls: destination.smtp_tls ?? empty.tls,
    username: destination.smtp_username ?? "",
    from: destination.from ?? "",
    to: destination.to.join("\n"),
  };
}

/** What is sent: the members of its kind, and secrets only where they were given. */
export function destinationBody(draft: DestinationDraft): Omit<CreateAlertDestinationBody, "kind"> {
  const name = draft.name.trim();
  const given = <K extends string>(key: K, value: string) =>
    value === "" ? {} : ({ [key]: value } as Record<K, string>);
  if (draft.kind === "teams") return { name, ...given("url", draft.url.trim()) };
  if (draft.kind === "webhook") return { name, ...given("url", draft.url.trim()), ...given("secret", draft.secret) };
  return {
    name,
    ...given("smtp_host", draft.host.trim()),
    smtp_port: draft.port,
    smtp_tls: draft.tls,
    smtp_username: draft.username.trim(),
    ...given("smtp_password", draft.password),
    ...given("from", draft.from.trim()),
    to: draft.to
      .split(/[\n,;]/)
      .map((address) => address.trim())
      .filter(Boolean),
  };
}

/** A secret that nobody has thought of. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
