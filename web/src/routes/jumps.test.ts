import { expect, test } from "vitest";
import { jumpsTo } from "./jumps";

const labels = (typed: string, tenants: { id: number; name: string }[] = []) =>
  jumpsTo(typed, tenants).map(({ label }) => label);

test("pages are found by any part of their name, alerts among them", () => {
  expect(labels("aler")).toEqual(["Alert rules", "Alert destinations", "Alert deliveries"]);
  expect(labels("RUN")).toEqual(["Runbooks", "Runs"]);
  expect(labels("")).toHaveLength(10);
  expect(labels("larkspire")).toEqual([]);
});

test("a number is a run, however it is written", () => {
  for (const typed of ["12", "#12", "run 12", " Run #12 "]) expect(labels(typed)).toEqual(["Run 12"]);
});

test("tenants that were found lead to their runs", () => {
  const [jump] = jumpsTo("lark", [{ id: 7, name: "Larkspire Textiles" }]);
  expect(jump).toMatchObject({ label: "Larkspire Textiles: runs", to: { search: { tenant_id: 7 } } });
});
