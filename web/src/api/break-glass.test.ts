import { afterEach, describe, expect, it } from "vitest";
import { askReason, breakGlassOpen, needsReason, reasonAsked } from "./break-glass";

afterEach(() => breakGlassOpen.set(false));

describe("a reason under break-glass", () => {
  it("is needed for what changes something in the operators' plane, and only while it is open", () => {
    const pause = "/api/v1/system/ops/controls/restore.execute/pause";
    expect(needsReason("POST", pause)).toBe(false);
    breakGlassOpen.set(true);
    expect(needsReason("POST", pause)).toBe(true);
    expect(needsReason("DELETE", "/api/v1/system/auth/api-tokens/7")).toBe(true);
    expect(needsReason("GET", pause)).toBe(false);
    for (const path of ["auth/logout", "auth/break-glass", "ops/controls/restore.execute/preview"]) {
      expect(needsReason("POST", `/api/v1/system/${path}`)).toBe(false);
    }
    expect(needsReason("POST", "/api/v1/admin/auth/api-tokens")).toBe(false);
  });

  it("is asked for one request after the other", async () => {
    const [first, second] = [askReason(), askReason()];
    await Promise.resolve();
    reasonAsked.get()?.("Pager 4711");
    expect(await first).toBe("Pager 4711");
    await new Promise((resolve) => setTimeout(resolve));
    reasonAsked.get()?.(null);
    expect(await second).toBeNull();
    expect(reasonAsked.get()).toBeNull();
  });
});
