import { expect, test } from "vitest";
import type { Notification } from "../../api/schema";
import { badgeText, bellLabel, spoken } from "./words";

const notification: Notification = {
  id: 3,
  link: "/system/ops/runs/17",
  created_at: "2026-11-27T12:00:00Z",
  read_at: null,
  run: {
    id: 17,
    type: "findings.lifecycle.backfill",
    label: "Rebuild findings lifecycle",
    outcome: "partially_succeeded",
    tenant: null,
    summary_counts: { total: 9, processed: 8, updated: 1_200, skipped: 0, failed: 1, tenants: 3 },
  },
};

test("what has come is said with its outcome and its counts", () => {
  expect(spoken(notification)).toBe(
    "New notification. Rebuild findings lifecycle, all tenants. Partially succeeded. 1,200 updated, 1 of 3 tenants failed.",
  );
  const ofTenant = { ...notification, run: { ...notification.run, tenant: { id: 1, name: "Contoso" } } };
  expect(spoken(ofTenant)).toContain("Rebuild findings lifecycle, Contoso.");
});

test("the bell says how many are unread, and shows as much as fits", () => {
  expect([0, 1, 1_200].map(bellLabel)).toEqual([
    "Notifications, none unread",
    "Notifications, 1 unread",
    "Notifications, 1,200 unread",
  ]);
  expect([1, 99, 100].map(badgeText)).toEqual(["1", "99", "99+"]);
});
