import { expect, test } from "vitest";
import { type FreshPage, goneFrom, type HeldPage, hold as holdAt } from "./held-rows";

const page = (ids: number[], next_cursor: string | null = null, note = "") => ({
  items: ids.map((id) => ({ id, note })),
  next_cursor,
});
const hold = <T extends { id: number }>(before: HeldPage<T> | null, view: string, source: FreshPage<T>, at = 0) =>
  holdAt(before, view, source, at);
const ids = (held: ReturnType<typeof hold>) => held.rows.map(({ row }) => row.id);

test("values change in place while new rows only announce themselves", () => {
  const first = hold(null, "all", page([3, 2, 1]));
  const second = hold(first, "all", page([5, 4, 3, 2, 1], null, "changed"));
  expect(ids(second)).toEqual([3, 2, 1]);
  expect(second.rows.map(({ row }) => row)).toEqual(page([3, 2, 1], null, "changed").items);
  expect(second.waiting).toBe(2);
});

test("a row that has left the answer keeps its place and its last values", () => {
  const first = hold(null, "running", page([3, 2, 1]));
  const second = hold(first, "running", page([3, 1], null, "changed"), 100);
  const third = hold(second, "running", page([3]), 200);
  expect(ids(third)).toEqual([3, 2, 1]);
  expect(third.rows.map(({ leftAt }) => leftAt)).toEqual([null, 100, 200]);
  expect(goneFrom(third)).toBe(2);
  expect(third.rows.map(({ row }) => "note" in row && row.note)).toEqual(["", "", "changed"]);
});

test("rows that move up from the next page are not announced as new", () => {
  const first = hold(null, "failed", page([9, 8], "8"));
  expect(hold(first, "failed", page([9, 7], "7")).waiting).toBe(0);
  expect(hold(first, "failed", page([10, 9], "9")).waiting).toBe(1);
});

test("the place from which older rows are asked for stays that of the rows shown", () => {
  const first = hold(null, "all", page([9, 8], "8"));
  expect(hold(first, "all", page([11, 10], "10")).nextCursor).toBe("8");
});

test("another view starts anew", () => {
  const first = hold(null, "all", page([3, 2, 1]));
  expect(ids(hold(first, "failed", page([2])))).toEqual([2]);
});

test("the first run of an empty list announces itself", () => {
  expect(hold(hold(null, "all", page([])), "all", page([1])).waiting).toBe(1);
});

test("in a list that begins with the lowest, what comes before the last row is new", () => {
  const first = hold(null, "failed", page([2, 5], "5"));
  expect(hold(first, "failed", page([1, 2], "2")).waiting).toBe(1);
  expect(hold(first, "failed", page([5, 9], "9")).waiting).toBe(0);
});

test("rows that new ones push to the next page are not gone", () => {
  const first = hold(null, "all", page([9, 8], "8"));
  expect(goneFrom(hold(first, "all", page([10, 9], "9")))).toBe(0);
  expect(goneFrom(hold(first, "all", page([10, 8], "8")))).toBe(1);
  expect(goneFrom(hold(first, "all", page([])))).toBe(2);
});
