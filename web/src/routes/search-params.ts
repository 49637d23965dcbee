/** Reads the search of an address as plain texts: `?status=failed&workspace_id=3`, nothing quoted or nested. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}
