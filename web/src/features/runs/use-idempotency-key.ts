import { useRef } from "react";

/** A key for each body that is attempted: sending the same again is one request, changing it makes another. */
export function useIdempotencyKey(): (body: string) => string {
  const last = useRef<{ body: string; key: string } | null>(null);
  return (body) => {
    if (last.current?.body !== body) last.current = { body, key: crypto.randomUUID() };
    return last.current.key;
  };
}
