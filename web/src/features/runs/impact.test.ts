import { expect, test } from "vitest";
import { impactOf } from "./impact";

const run = {
  id: 12,
  progress: {
    targets_total: 40,
    targets_done: 26,
    targets_succeeded: 23,
    targets_failed: 3,
    targets_cancelled: 0,
    rows_total: 100,
    rows_done: 60,
    fraction: 0.6,
  },
  summary_counts: { total: 0, processed: 0, updated: 0, skipped: 0, failed: 3, tenants: 40 },
};

test("a cancel says what stays done and what is left undone", () => {
  const { sentences, button } = impactOf("cancel", run);
  expect(sentences.join(" ")).toContain("26 of 40 tenants are done and stay so. 14 tenants are left undone.");
  expect(button).toBe("Cancel run 12");
});

test("a retry names how many tenants it goes over", () => {
  expect(impactOf("retry_failed", run).button).toBe("Retry 3 tenants");
});
