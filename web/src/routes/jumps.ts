/** Somewhere to go from the header. */
export interface Jump {
  key: string;
  group: "Pages" | "Runs" | "Tenants";
  label: string;
  to:
    | { to: (typeof PAGES)[keyof typeof PAGES] }
    | { to: "/system/ops/runs/$runId"; params: { runId: string } }
    | { to: "/system/ops/runs"; search: { tenant_id: number } };
}

/** Something that has a name. */
export interface Named {
  id: number;
  name: string;
}

const PAGES = {
  Dashboard: "/system/dashboard",
  Runbooks: "/system/ops/runbooks",
  Runs: "/system/ops/runs",
  Controls: "/system/ops/controls",
  Audit: "/system/audit",
  "API tokens": "/system/settings/tokens",
  Sessions: "/system/settings/sessions",
  "Alert rules": "/system/settings/alerts/rules",
  "Alert destinations": "/system/settings/alerts/destinations",
  "Alert deliveries": "/system/settings/alerts/deliveries",
} as const;

/** Finds where the typed text leads: pages by part of their name, a run by its number, tenants that the server found. */
export function jumpsTo(typed: string, tenants: readonly Named[]): Jump[] {
  const text = typed.trim().toLowerCase();
  const runId = /^(?:run\s*)?#?(\d{1,15})$/.exec(text)?.[1];
  const run: Jump[] = runId
    ? [
        {
          key: `run ${runId}`,
          group: "Runs",
          label: `Run ${runId}`,
          to: { to: "/system/ops/runs/$runId", params: { runId } },
        },
      ]
    : [];
  const pages = Object.entries(PAGES)
    .filter(([name]) => name.toLowerCase().includes(text))
    .map(([name, to]): Jump => ({ key: `page ${name}`, group: "Pages", label: name, to: { to } }));
  const found = tenants.map(
    ({ id, name }): Jump => ({
      key: `tenant ${id}`,
      group: "Tenants",
      label: `${name}: runs`,
      to: { to: "/system/ops/runs", search: { tenant_id: id } },
    }),
  );
  return [...run, ...pages, ...found];
}
