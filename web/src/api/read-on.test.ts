import { expect, test } from "vitest";
import { readOn } from "./read-on";

/** A list whose answers have so many rows each; cursors are their places. */
function list(counts: number[]) {
  const asked: [string | undefined, number][] = [];
  const read = async (cursor: string | undefined, limit: number) => {
    asked.push([cursor, limit]);
    const place = Number(cursor ?? 0);
    const next_cursor = place + 1 < counts.length ? String(place + 1) : null;
    return { items: Array.from({ length: Math.min(limit, counts[place] ?? 0) }, () => place), next_cursor };
  };
  return { asked, read };
}

test("a full answer is a page", async () => {
  const { asked, read } = list([50, 50]);
  const page = await readOn({ size: 50, answers: 9 }, read);
  expect([page.items.length, page.next_cursor, asked]).toEqual([50, "1", [[undefined, 50]]]);
});

test("answers with few rows and none are put together until the page is full or the list is over", async () => {
  const { asked, read } = list([0, 10, 0, 30, 30, 5]);
  const page = await readOn({ size: 50, answers: 9 }, read);
  expect([page.items.length, page.next_cursor]).toEqual([50, "5"]);
  expect(asked.at(-1)).toEqual(["4", 10]);
  const last = await readOn({ from: "5", size: 50, answers: 9 }, read);
  expect([last.items.length, last.next_cursor]).toEqual([5, null]);
});

test("a search that finds nothing for long stops and can go on", async () => {
  const { asked, read } = list([0, 0, 0, 0, 0, 0, 0]);
  const page = await readOn({ from: "1", size: 50, answers: 3 }, read);
  expect([page.items, page.next_cursor, asked.length]).toEqual([[], "4", 3]);
});
