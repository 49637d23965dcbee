import { useState } from "react";

/** Live rows that stand still while somebody points at them or has the focus in them, so that nothing moves away. */
export function useHeld<T>(value: T) {
  const [held, setHeld] = useState<{ value: T } | null>(null);
  const hold = () => setHeld((before) => before ?? { value });
  const release = () => setHeld(null);
  return {
    value: held ? held.value : value,
    handlers: { onPointerEnter: hold, onPointerLeave: release, onFocus: hold, onBlur: release },
  };
}
