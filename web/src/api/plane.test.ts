import { expect, test } from "vitest";
import { planeOf } from "./plane";

test("a path says whose plane it is", () => {
  expect(planeOf("/api/v1/admin/tenants/3")).toBe("tenant");
  expect(planeOf("/api/v1/system/auth/me")).toBe("system");
});
