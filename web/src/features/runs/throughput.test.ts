import { expect, test } from "vitest";
import { addSample, hasPace, type Sample, throughput } from "./throughput";

const collect = (seconds: number[], rate: number) =>
  seconds.reduce<Sample[]>((samples, second) => addSample(samples, { at: second * 1_000, done: second * rate }), []);

test("a page left open for hours keeps a minute of samples", () => {
  const halfSeconds = Array.from({ length: 20_000 }, (_, index) => index / 2);
  expect(collect(halfSeconds, 100).length).toBeLessThanOrEqual(122);
});

test("an even pace gives even bars, and nothing is made up for the time before", () => {
  const bars = throughput(collect([0, 3, 5, 10], 100), 10_000);
  expect(bars).toHaveLength(30);
  expect(bars.slice(-5)).toEqual([100, 100, 100, 100, 100]);
  expect(bars.slice(0, 25).every((bar) => bar === null)).toBe(true);
});

test("a run that stands still shows zero, not its last pace", () => {
  expect(throughput(collect([0, 2, 4], 100), 10_000).slice(-3)).toEqual([0, 0, 0]);
});

test("a single sample is no pace", () => {
  expect(throughput(collect([9], 100), 9_000).every((bar) => bar === null)).toBe(true);
});

test("a run that was seen for a moment only has no pace to show", () => {
  expect([collect([], 100), collect([9], 100), collect([8, 9], 100)].map(hasPace)).toEqual([false, false, false]);
  expect(hasPace(collect([0, 2, 5], 100))).toBe(true);
});
