import { expect, test } from "vitest";
import { readAlertDialog, readDeliveriesSearch } from "./alerts-search";

test("a dialog about something needs to know about what", () => {
  expect(readAlertDialog({ dialog: "edit", id: "7" })).toEqual({ dialog: "edit", id: 7 });
  expect(readAlertDialog({ dialog: "new", id: "7" })).toEqual({ dialog: "new", id: undefined });
  expect(readAlertDialog({ dialog: "edit" })).toEqual({});
  expect(readAlertDialog({ dialog: "explode", id: "7" })).toEqual({});
});

test("what an address says of deliveries and is not understood is left out", () => {
  const search = readDeliveriesSearch({ state: "failed", rule_id: "3", run_id: "x", event: " ", other: "1" });
  expect(search).toEqual({
    state: "failed",
    event: undefined,
    rule_id: 3,
    destination_id: undefined,
    run_id: undefined,
    cursor: undefined,
  });
});
