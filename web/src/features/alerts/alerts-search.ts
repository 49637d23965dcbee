import { id, oneOf, type RawSearch, text } from "../../lib/search";

const DIALOGS = ["new", "edit", "remove"] as const;

/** Which dialog is open over a list of rules or destinations, and about which of them. */
export interface AlertDialog {
  dialog?: (typeof DIALOGS)[number];
  id?: number;
}

/** Reads the address of a list of rules or destinations. */
export function readAlertDialog(search: RawSearch): AlertDialog {
  const dialog = oneOf(search.dialog, DIALOGS);
  const about = id(search.id);
  return dialog === "new" || (dialog && about) ? { dialog, id: dialog === "new" ? undefined : about } : {};
}

export const DELIVERY_STATES = ["pending", "sent", "failed", "suppressed"] as const;

/** What the list of deliveries is narrowed by, all of it in the address (WEB-03). */
export interface DeliveriesSearch {
  state?: (typeof DELIVERY_STATES)[number];
  event?: string;
  rule_id?: number;
  destination_id?: number;
  run_id?: number;
  cursor?: string;
}

/** Reads the address of the list of deliveries. */
export function readDeliveriesSearch(search: RawSearch): DeliveriesSearch {
  return {
    state: oneOf(search.state, DELIVERY_STATES),
    event: text(search.event),
    rule_id: id(search.rule_id),
    destination_id: id(search.destination_id),
    run_id: id(search.run_id),
    cursor: text(search.cursor),
  };
}
