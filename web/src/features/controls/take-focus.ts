/** Gives the focus to a step when it appears, since the button that led to it is gone; not to its button, so that danger stays slow. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true });
}
