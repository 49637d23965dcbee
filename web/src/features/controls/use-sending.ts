import { type RefObject, useEffect, useRef } from "react";

/**
 * Tells the dialog that an answer is awaited, so that it stays until it is there. The browser's way back leaves it all
 * the same: what is given says whether the step is still shown when the answer comes.
 */
export function useSending(isPending: boolean, onSending: (isSending: boolean) => void): RefObject<boolean> {
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  useEffect(() => {
    onSending(isPending);
    return () => onSending(false);
  }, [isPending, onSending]);
  return isShown;
}
