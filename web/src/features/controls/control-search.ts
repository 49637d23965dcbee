import { id, oneOf, type RawSearch, text } from "../../lib/search";

/** The dialogs of the page. */
export const DIALOGS = ["pause", "change", "resume", "call-off", "history"] as const;

/** View state of the page: which dialog is open and what it is about. What is typed is not in the address. */
export interface ControlsSearch {
  /** Key of the control. */
  control?: string;
  dialog?: (typeof DIALOGS)[number];
  /** The pause that is to be changed or ended. */
  activation?: number;
  /** Of the history. */
  cursor?: string;
  /** The event of the history whose metadata is open. */
  event?: number;
}

/** Reads the address of the page; a dialog without a control is none. */
export function readControlsSearch(search: RawSearch): ControlsSearch {
  const control = text(search.control);
  if (!control) return {};
  return {
    control,
    dialog: oneOf(search.dialog, DIALOGS),
    activation: id(search.activation),
    cursor: text(search.cursor),
    event: id(search.event),
  };
}
