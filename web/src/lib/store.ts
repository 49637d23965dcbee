import { useSyncExternalStore } from "react";

/** One value outside of React that components can follow. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  use(): T;
  /** Resolves when the value is this one. */
  until(value: T): Promise<void>;
}

/** Makes a store. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const get = () => value;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
    until: (wanted) =>
      new Promise((resolve) => {
        if (Object.is(value, wanted)) return resolve();
        const leave = subscribe(() => {
          if (!Object.is(value, wanted)) return;
          leave();
          resolve();
        });
      }),
  };
}
