import type { Notification } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { STATES } from "../../ui/states";

/** What ended, over whom, and how: one sentence each, for the ear and as the name of the link. */
export function titleOf({ run }: Notification): string {
  return `${run.label}, ${run.tenant?.name ?? "all tenants"}`;
}

/** `12 updated, 0 of 3 tenants failed`. */
export function countsOf({ run }: Notification): string {
  const { updated, failed, tenants } = run.summary_counts;
  return `${count(updated)} updated, ${count(failed)} of ${plural(tenants, "tenant")} failed`;
}

/** What a screen reader says of one that has just come. */
export function spoken(notification: Notification): string {
  const { outcome } = notification.run;
  const how = outcome === "pending" ? "" : ` ${STATES[outcome].word}.`;
  return `New notification. ${titleOf(notification)}.${how} ${countsOf(notification)}.`;
}

/** The name of the bell. */
export function bellLabel(unread: number): string {
  return unread === 0 ? "Notifications, none unread" : `Notifications, ${count(unread)} unread`;
}

/** The figure at the bell, which has room for two digits. */
export function badgeText(unread: number): string {
  return unread > 99 ? "99+" : String(unread);
}
