const PAGE = /^\/admin\/tenants\/[^/]+\/([^/]+)/;

/** The page that is open, for another tenant: its list where one thing of a tenant is open, which the other does not have. */
export function samePageOf(pathname: string, tenantId: string): string {
  return `/admin/tenants/${tenantId}/${PAGE.exec(pathname)?.[1] ?? "dashboard"}`;
}
