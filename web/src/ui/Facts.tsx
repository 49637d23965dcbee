import type { ReactNode } from "react";
import classes from "./Facts.module.css";

interface Props {
  label?: string;
  /** Terms and what is so about them. */
  children: ReactNode;
}

/** What is so about one thing, on a card or in a dialog. */
export function Facts({ label, children }: Props) {
  return (
    <dl className={classes.facts} aria-label={label}>
      {children}
    </dl>
  );
}
