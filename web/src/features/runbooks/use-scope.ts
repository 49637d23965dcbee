import { getRouteApi } from "@tanstack/react-router";
import type { Runbook, Scope } from "../../api/schema";
import { modeOf, modesOf, scopeOf } from "./scope";

const route = getRouteApi("/system/ops/runbooks");

/** The scope as the address has it, and how to change it there. */
export interface ScopeView {
  mode: Scope["mode"];
  tenantId: number | undefined;
  /** None while the tenant is not chosen yet. */
  scope: Scope | null;
  choose: (mode: Scope["mode"]) => void;
  pick: (tenantId: number | undefined) => void;
}

/** Reads and writes the scope of the open runbook in the address. */
export function useScope(runbook: Runbook): ScopeView {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mode = modeOf(runbook, search);
  const tenantId = mode === "single_tenant" ? search.tenant_id : undefined;
  const go = (next: Scope["mode"], tenant?: number) => {
    const { runbook: open } = search;
    const isDefault = next === modesOf(runbook)[0];
    void navigate({
      search: { runbook: open, scope: isDefault ? undefined : next, tenant_id: tenant },
      replace: true,
      resetScroll: false,
    });
  };
  return {
    mode,
    tenantId,
    scope: scopeOf(mode, tenantId),
    choose: (next) => go(next),
    pick: (tenant) => go("single_tenant", tenant),
  };
}
