import { expect, test } from "vitest";
import { fieldMessage } from "../../api/problem";
import { reasonProblem } from "./start-reason";

test("under break-glass a start asks for its reason before anything is sent", () => {
  expect(fieldMessage(reasonProblem({ code: null, text: " " }, true), "/reason")).toMatch(/break-glass/);
  expect(reasonProblem({ code: null, text: "" }, false)).toBeNull();
});

test("words without a kind are not sent, since leaving them out would lose them", () => {
  for (const isNeeded of [true, false]) {
    const problem = reasonProblem({ code: null, text: "Rows are lost" }, isNeeded);
    expect(fieldMessage(problem, "/reason/code")).toMatch(/code/);
  }
  expect(reasonProblem({ code: "INCIDENT", text: "Rows are lost" }, true)).toBeNull();
});
