import { expect, test } from "vitest";
import { actorsById } from "./actors";

test("an operator and a user of the same number are one choice that names both", () => {
  const events = [
    { actor: { id: 3, type: "operator", label: "olga@example.com" } },
    { actor: { id: 3, type: "user", label: "uwe@example.com" } },
    { actor: { id: 4, type: "operator", label: "otto@example.com" } },
    { actor: { type: "cli", label: "root" } },
  ];
  expect([...actorsById(events)]).toEqual([
    ["3", "olga@example.com (operator), uwe@example.com (user)"],
    ["4", "otto@example.com (operator)"],
  ]);
});

test("who was renamed is called as in the newest event, which comes first", () => {
  const events = [
    { actor: { id: 3, type: "operator", label: "new@example.com" } },
    { actor: { id: 3, type: "operator", label: "old@example.com" } },
  ];
  expect(actorsById(events).get("3")).toBe("new@example.com (operator)");
});
