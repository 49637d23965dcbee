import { expect, test } from "vitest";
import { initiatorOptions, readInitiator } from "./initiators";

const run = (type: string, id: number | null, name: string) => ({ initiator: { type, id, name } });

test("everybody can be chosen once, oneself as oneself", () => {
  const runs = [
    run("operator", 1, "Ada"),
    run("operator", 2, "Grace"),
    run("cli", null, "root"),
    run("user", 2, "Joan"),
  ];
  expect(initiatorOptions({ id: 1 }, runs, undefined).map(({ value, label }) => `${value} ${label}`)).toEqual([
    "operator:1 Me",
    "cli Command line",
    "system System",
    "operator:2 Grace",
    "user:2 Joan",
  ]);
});

test("what an address has chosen stays chosen though none of its runs are on show", () => {
  expect(initiatorOptions(null, [], "operator:7").at(-1)).toEqual({ value: "operator:7", label: "operator 7" });
});

test("an address names an initiator as the API does, or none", () => {
  expect(["operator:7", "user:07", "cli", "system"].map(readInitiator)).toEqual([
    "operator:7",
    "user:7",
    "cli",
    "system",
  ]);
  expect(["bob", "operator:", "operator:0", "cli:1", "team:7", 7, undefined].map(readInitiator)).toEqual(
    Array(7).fill(undefined),
  );
});
