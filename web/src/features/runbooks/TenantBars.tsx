import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Preflight } from "../../api/schema";
import { plural } from "../../lib/format";
import { BarTable } from "../../ui/preflight/BarTable";
import { otherTenants } from "./figures";

const SHOWN_FIRST = 8;

/** The tenants with the most changes; the others are summed up. */
export function TenantBars({ preflight }: { preflight: Preflight }) {
  const [isLong, length] = useDisclosure(false);
  const shown = isLong ? preflight.by_tenant : preflight.by_tenant.slice(0, SHOWN_FIRST);
  const rest = otherTenants({ ...preflight, by_tenant: shown });
  const hidden = preflight.by_tenant.length - SHOWN_FIRST;
  return (
    <div>
      <BarTable
        caption="By tenant"
        heading="Tenant"
        rows={shown.map(({ tenant_id, name, affected_count }) => ({
          key: tenant_id,
          label: name,
          count: affected_count,
        }))}
        rest={rest.tenants > 0 ? { label: plural(rest.tenants, "other tenant"), count: rest.findings } : null}
      />
      {hidden > 0 && (
        <Button variant="default" size="xs" mt="xs" aria-expanded={isLong} onClick={length.toggle}>
          {isLong ? "Show fewer tenants" : `Show ${plural(hidden, "more tenant")}`}
        </Button>
      )}
    </div>
  );
}
