import { expect, test } from "vitest";
import { samePageOf } from "./same-page";

test("another tenant opens on the page that was open", () => {
  expect(samePageOf("/admin/tenants/3/findings", "4")).toBe("/admin/tenants/4/findings");
});

test("what only the one tenant has is left behind", () => {
  expect(samePageOf("/admin/tenants/3/findings/17", "4")).toBe("/admin/tenants/4/findings");
});

test("where no tenant was chosen the dashboard opens", () => {
  expect(samePageOf("/admin/tenants", "4")).toBe("/admin/tenants/4/dashboard");
});
