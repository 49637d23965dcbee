import { type RawSearch, text } from "../../lib/search";

/** View state of the list of tenants, all of it in the address (WEB-03). */
export interface TenantsSearch {
  search?: string;
  cursor?: string;
}

/** Reads the address of the list. */
export function readTenantsSearch(search: RawSearch): TenantsSearch {
  return { search: text(search.search), cursor: text(search.cursor) };
}
