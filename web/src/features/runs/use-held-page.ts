import { useState } from "react";
import { type FreshPage, type HeldPage, hold } from "./held-rows";

/** Rows of a list that is fetched again and again, held in place until somebody asks for what is new. */
export function useHeldPage<T extends { id: number }>(
  view: string,
  fresh: FreshPage<T> | undefined,
  updatedAt: number,
) {
  const [held, setHeld] = useState<HeldPage<T> | null>(null);
  if (fresh && (held?.view !== view || held.source !== fresh)) setHeld(hold(held, view, fresh, updatedAt));
  return { held, showNew: () => fresh && setHeld(hold(null, view, fresh, updatedAt)) };
}
