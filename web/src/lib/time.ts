import { useMemo, useSyncExternalStore } from "react";
import { duration } from "./format";

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const exactUtc = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** `3 minutes ago`, `in 2 hours`, `just now`; whole units, rounded towards now. */
export function relative(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return "just now";
  const units: [string, number][] = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ];
  const [name, size] = units.find(([, size]) => distance >= size) ?? ["second", 1];
  const amount = Math.floor(distance / size);
  const text = `${amount} ${name}${amount === 1 ? "" : "s"}`;
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

/** `21 Nov 2026, 14:03:22` in the reader's zone. */
export function localTime(at: Date): string {
  return exact.format(at);
}

/** The same in UTC, with the zone named. */
export function utcTime(at: Date): string {
  return `${exactUtc.format(at)} UTC`;
}

/** `18:00` today, `21 Nov, 18:00` on any other day: for sentences. */
export function clockTime(at: Date, now: Date): string {
  return at.toDateString() === now.toDateString() ? clock.format(at) : dayAndClock.format(at);
}

/** A time as a field of type `datetime-local` shows it, in the reader's zone. */
export function fieldTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** How long it took, or takes so far. */
export function elapsed(from: string, to: string | null | undefined, now: Date): string {
  const end = to ? new Date(to) : now;
  return duration(Math.max(0, (end.getTime() - new Date(from).getTime()) / 1000));
}

const TICK_MILLISECONDS = 1_000;
const followers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** One timer for the whole page: figures that tick do so at once. */
function followTicks(follower: () => void): () => void {
  followers.add(follower);
  ticking ??= setInterval(() => {
    for (const told of followers) told();
  }, TICK_MILLISECONDS);
  return () => {
    followers.delete(follower);
    if (followers.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** The present time, renewed now and then so that relative times stay true. */
export function useNow(everyMilliseconds = 15_000): Date {
  const step = useSyncExternalStore(followTicks, () => Math.floor(Date.now() / everyMilliseconds));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step is another time
  return useMemo(() => new Date(), [step]);
}

/** Times up to this far off are told in seconds. */
const NEAR_MILLISECONDS = 60_000;

/** The present time beside another: renewed every second while that one is told in seconds. */
export function useNowBeside(at: Date): Date {
  const isNear = Math.abs(at.getTime() - Date.now()) < NEAR_MILLISECONDS;
  return useNow(isNear ? TICK_MILLISECONDS : undefined);
}
