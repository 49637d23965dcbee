import { createStore } from "../lib/store";

/** Whether everything that changes something needs a reason now: the session is under break-glass (ACC-06). */
export const breakGlassOpen = createStore(false);

/** Somebody who is asked for a reason: what takes it, or null when they think better of it. */
export type Asked = (reason: string | null) => void;

/** Set while a request waits for its reason; whoever shows the page asks. */
export const reasonAsked = createStore<Asked | null>(null);

/** Requests that need none although they may change something, as the API has them. */
const NEEDS_NONE = [/\/auth\/(login|logout|logout-everywhere|token|break-glass)$/, /\/preview$/];

/** Whether a request has to say why. */
export function needsReason(method: string, path: string): boolean {
  return (
    breakGlassOpen.get() &&
    method !== "GET" &&
    path.startsWith("/api/v1/system/") &&
    !NEEDS_NONE.some((pattern) => pattern.test(path))
  );
}

/** Asks; one question at a time, in the order of the requests. */
let last: Promise<unknown> = Promise.resolve();
export function askReason(): Promise<string | null> {
  const answer = last.then(
    () =>
      new Promise<string | null>((resolve) => {
        reasonAsked.set((reason) => {
          reasonAsked.set(null);
          resolve(reason);
        });
      }),
  );
  last = answer;
  return answer;
}
