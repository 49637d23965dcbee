import { expect, test } from "vitest";
import { fillSlots } from "./slots";

const items = (...ids: number[]) => ids.map((id) => ({ id }));
const ids = (slots: ({ id: number } | null)[]) => slots.map((item) => item?.id ?? null);

test("what goes on keeps its place, and what is new takes the places that were left", () => {
  expect(ids(fillSlots(items(1, 2, 3), items(2, 4, 3)))).toEqual([4, 2, 3]);
  expect(ids(fillSlots(items(1, 2, 3), items(3)))).toEqual([null, null, 3]);
});

test("more at once get places at the end, and places never go away", () => {
  expect(ids(fillSlots(items(1), items(1, 2, 3)))).toEqual([1, 2, 3]);
  expect(ids(fillSlots(items(1, 2), []))).toEqual([null, null]);
});
