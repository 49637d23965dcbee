import { expect, test } from "vitest";
import { actorsByKey, choiceLabel, choiceOf, choiceOfKey, keyOf } from "./actors";

test("an operator and a user of the same number are two choices, each with its kind", () => {
  const events = [
    { actor: { id: 3, type: "operator", label: "olga@example.com" } },
    { actor: { id: 3, type: "user", label: "uwe@example.com" } },
    { actor: { id: 4, type: "operator", label: "otto@example.com" } },
    { actor: { type: "cli", label: "root on ops-1" } },
  ];
  expect([...actorsByKey(events)]).toEqual([
    ["operator 3", "olga@example.com (operator)"],
    ["user 3", "uwe@example.com (user)"],
    ["operator 4", "otto@example.com (operator)"],
  ]);
});

test("who was renamed is called as in the newest event, which comes first", () => {
  const events = [
    { actor: { id: 3, type: "operator", label: "new@example.com" } },
    { actor: { id: 3, type: "operator", label: "old@example.com" } },
  ];
  expect(actorsByKey(events).get("operator 3")).toBe("new@example.com (operator)");
});

test("all of one person is asked for by kind and number", () => {
  const choice = choiceOf({ id: 3, type: "user", label: "uwe@example.com" });
  expect(choice).toEqual({ actor_type: "user", actor_id: 3 });
  expect(choiceOf({ type: "cli", label: "root on ops-1" })).toBeNull();
});

test("a choice is the same again after the select has had it", () => {
  const choices = [{ actor_type: "user", actor_id: 3 }, { actor_type: "cli" }, { actor_id: 3 }, {}] as const;
  for (const choice of choices) expect(choiceOfKey(keyOf(choice))).toEqual({ ...choice });
});

test("an address without a kind says that it finds both", () => {
  expect(choiceLabel({ actor_id: 3 })).toBe("Operator or user 3");
  expect(choiceLabel({ actor_type: "user", actor_id: 3 })).toBe("User 3");
});
