import type { Preflight } from "../../api/schema";
import { count, plural } from "../../lib/format";

/** The preflight in one sentence, figures first. */
export function headline(preflight: Preflight): string {
  const { affected_count: affected, affected_tenants: tenants, estimated_tenants: of } = preflight;
  const where = preflight.scope.mode === "all_tenants" ? ` in ${count(tenants)} of ${plural(of, "tenant")}` : "";
  const verb = affected === 1 ? "changes" : "change";
  return `${count(affected)} of ${plural(preflight.total_count, "finding")}${where} ${verb}`;
}
