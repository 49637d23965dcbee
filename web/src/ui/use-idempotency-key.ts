import { useRef } from "react";

/** Gives keys to what is attempted. */
export interface IdempotencyKey {
  /** A key for each body: sending the same again is one request, changing it makes another. */
  of(body: unknown): string;
  /** What was answered is over: the same body is another request from here on. */
  forget(): void;
}

/** Keys of attempts of which nobody knows yet what became of them. */
export function useIdempotencyKey(): IdempotencyKey {
  const last = useRef<{ text: string; key: string } | null>(null);
  return {
    of(body) {
      const text = JSON.stringify(body);
      if (last.current?.text !== text) last.current = { text, key: crypto.randomUUID() };
      return last.current.key;
    },
    forget() {
      last.current = null;
    },
  };
}
