import type { Preflight, Runbook, Scope } from "../../api/schema";
import { plural } from "../../lib/format";

/** Modes of scope that the page can ask for, with their words. */
export const SCOPE_WORDS: Record<Scope["mode"], string> = {
  all_tenants: "All tenants",
  single_tenant: "Single tenant",
};

/** What the address says about the scope. */
export interface ScopeSearch {
  scope?: Scope["mode"] | undefined;
  tenant_id?: number | undefined;
}

/** Modes that this runbook supports and this page knows. */
export function modesOf(runbook: Pick<Runbook, "scopes">): Scope["mode"][] {
  const known: Scope["mode"][] = ["all_tenants", "single_tenant"];
  return known.filter((mode) => runbook.scopes.includes(mode));
}

/** The chosen mode, else the first that the runbook supports. */
export function modeOf(runbook: Pick<Runbook, "scopes">, search: ScopeSearch): Scope["mode"] {
  const modes = modesOf(runbook);
  return modes.find((mode) => mode === search.scope) ?? modes[0] ?? "all_tenants";
}

/** The scope to ask for; none while the tenant is not chosen yet. */
export function scopeOf(mode: Scope["mode"], tenantId: number | undefined): Scope | null {
  if (mode === "all_tenants") return { mode };
  return tenantId === undefined ? null : { mode, tenant_id: tenantId };
}

/** The same text for the same scope. */
export function scopeKey(scope: Scope): string {
  return scope.mode === "single_tenant" ? `${scope.mode} ${scope.tenant_id}` : scope.mode;
}

/** `40 tenants`, or the one tenant by its name where it is known: for buttons and sentences. */
export function reachOf(preflight: Pick<Preflight, "scope" | "estimated_tenants" | "by_tenant">): string {
  const { scope } = preflight;
  if (scope.mode === "all_tenants") return plural(preflight.estimated_tenants, "tenant");
  const named = preflight.by_tenant.find((tenant) => tenant.tenant_id === scope.tenant_id);
  return named?.name ?? `tenant ${scope.tenant_id}`;
}
