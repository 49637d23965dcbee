import { id, oneOf, type RawSearch, text, time } from "../../lib/search";

/** How far back the list can go with one choice, in hours. */
export const WITHIN = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
export type Within = keyof typeof WITHIN;
const WITHINS = ["1h", "24h", "7d", "30d"] as const satisfies readonly Within[];

/** Kinds of those who act. */
export const ACTOR_TYPES = ["operator", "user", "cli", "system", "anonymous"] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** What the list is narrowed by. */
export interface AuditFilter {
  action?: string;
  /** With `actor_id` one person; operators and users can have the same number. */
  actor_type?: ActorType;
  actor_id?: number;
  workspace_id?: number;
  tenant_id?: number;
  run_id?: number;
  /** As far back as this from now on; exact times count instead when they are given. */
  within?: Within;
  after?: string;
  before?: string;
}

/** View state of the audit log, all of it in the address (WEB-03). */
export interface AuditSearch extends AuditFilter {
  cursor?: string;
  /** The event whose details are open. */
  event?: number;
  /** On phones the filters are folded away until they are asked for. */
  filters?: "open";
}

/** Reads the address of the audit log. */
export function readAuditSearch(search: RawSearch): AuditSearch {
  const after = time(search.after);
  const before = time(search.before);
  return {
    action: text(search.action),
    actor_type: oneOf(search.actor_type, ACTOR_TYPES),
    actor_id: id(search.actor_id),
    workspace_id: id(search.workspace_id),
    tenant_id: id(search.tenant_id),
    run_id: id(search.run_id),
    within: after || before ? undefined : oneOf(search.within, WITHINS),
    after,
    before,
    cursor: text(search.cursor),
    event: id(search.event),
    filters: oneOf(search.filters, ["open"]),
  };
}

const FILTERS = ["action", "workspace_id", "tenant_id", "run_id", "within", "after", "before"] as const;

/** How many filters are in use. */
export function countFilters(search: AuditSearch): number {
  // Kind and number of an actor are one choice.
  const actor = search.actor_type !== undefined || search.actor_id !== undefined ? 1 : 0;
  return actor + FILTERS.filter((name) => search[name] !== undefined).length;
}

/** What the API is asked for, where `now` stands still while one page is read. */
export function queryOf({ within, event: _event, filters: _filters, ...search }: AuditSearch, now: Date) {
  const after = within ? new Date(now.getTime() - WITHIN[within] * 3_600_000).toISOString() : search.after;
  const query = { ...search, after };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
