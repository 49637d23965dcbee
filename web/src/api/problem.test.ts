import { describe, expect, it } from "vitest";
import { asProblem, fieldMessage, isUnreachable, NoAnswer } from "./problem";

const REFUSED = {
  type: "/problems/validation-failed",
  code: "validation-failed",
  status: 422,
  title: "Validation failed",
  detail: "1 field is wrong.",
  instance: "/api/v1/system/x",
  request_id: "r-1",
  errors: [{ pointer: "/reason/text", code: "too-short", message: "Give 5 to 500 characters." }],
};

describe("what a request threw", () => {
  it("is the API's problem where there is one", () => {
    expect(asProblem(REFUSED)).toBe(REFUSED);
    expect(fieldMessage(asProblem(REFUSED), "/reason/text")).toBe("Give 5 to 500 characters.");
    expect(fieldMessage(asProblem(REFUSED), "/reason/code")).toBeUndefined();
    expect(isUnreachable(asProblem(REFUSED))).toBe(false);
  });

  it("is told as such where no answer of the API arrived", () => {
    const [network, proxy] = [asProblem(new NoAnswer()), asProblem("<html>502 Bad Gateway</html>")];
    expect([network.code, proxy.code]).toEqual(["unreachable", "unexpected-answer"]);
    expect([isUnreachable(network), isUnreachable(proxy)]).toEqual([true, true]);
    expect(network.detail).toContain("may have been done");
  });

  it("is not taken for a broken connection where the page itself made a mistake", () => {
    const mistake = asProblem(new TypeError("undefined is not a function"));
    expect([mistake.code, isUnreachable(mistake)]).toEqual(["page-failed", false]);
  });
});
