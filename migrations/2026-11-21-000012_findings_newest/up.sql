-- Users list a tenant's findings newest first. The primary key has that order for all tenants together, so for one it would
-- lead past everybody's. No column of this index is ever changed, and it has no predicate over one that is, so that the repair
-- of a row stays a heap-only update.
CREATE INDEX findings_tenant_newest_idx ON findings (tenant_id, id);
