import type { ReactNode } from "react";
import classes from "./Facts.module.css";

interface Props {
  label?: string;
  /** Of a whole page, not on a card or in a dialog. */
  isPage?: boolean;
  /** Terms and what is so about them. */
  children: ReactNode;
}

/** What is so about one thing. */
export function Facts({ label, isPage, children }: Props) {
  return (
    <dl className={classes.facts} data-page={isPage || undefined} aria-label={label}>
      {children}
    </dl>
  );
}

/** One of them. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
