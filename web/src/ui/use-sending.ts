import { type RefObject, useEffect, useRef } from "react";

/**
 * Tells the dialog around a form while a request is on its way. The browser can still take the form away; whether it is
 * there says where an answer belongs.
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
