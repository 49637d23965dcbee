import { expect, test } from "vitest";
import type { AlertDestination } from "../../api/schema";
import { destinationBody, destinationDraft, emptyDestination, newSecret } from "./destination-draft";

const TEAMS: AlertDestination = {
  id: 1,
  name: "Ops channel",
  kind: "teams",
  enabled: true,
  address: "https://outlook.example.com",
  has_secret: true,
  smtp_host: null,
  smtp_port: null,
  smtp_tls: null,
  smtp_username: null,
  from: null,
  to: [],
  rule_names: [],
  created_at: "2026-11-27T00:00:00Z",
  updated_at: "2026-11-27T00:00:00Z",
};

test("a channel or webhook that is saved as it is keeps its address, which the page does not know", () => {
  expect(destinationBody(destinationDraft(TEAMS))).toEqual({ name: "Ops channel" });
  const hook = { ...TEAMS, kind: "webhook" as const, address: "https://hooks.example.com/…9f3c" };
  expect(destinationBody(destinationDraft(hook))).toEqual({ name: "Ops channel" });
});

test("a secret that is not given is not sent", () => {
  const draft = { ...emptyDestination(), kind: "webhook" as const, name: "Hook", url: "https://a.example" };
  expect(destinationBody(draft)).toEqual({ name: "Hook", url: "https://a.example" });
  expect(destinationBody({ ...draft, secret: "s" })).toEqual({ name: "Hook", url: "https://a.example", secret: "s" });
});

test("recipients stand on lines of their own or with commas between", () => {
  const draft = {
    ...emptyDestination(),
    kind: "email" as const,
    name: "Mail",
    to: "a@example.com, b@example.com\n\nc@example.com",
  };
  expect(destinationBody(draft).to).toEqual(["a@example.com", "b@example.com", "c@example.com"]);
});

test("secrets that are made are long and different", () => {
  expect(newSecret()).toMatch(/^[0-9a-f]{64}$/);
  expect(newSecret()).not.toBe(newSecret());
});
