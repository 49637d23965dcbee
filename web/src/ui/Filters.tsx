import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./Filters.module.css";

interface Props {
  /** How many are set. */
  count: number;
  /** On phones they are folded away until they are asked for. */
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  children: ReactNode;
}

/** The filters of a list, in one row where there is room for it. */
export function Filters({ count, isOpen, onOpen, children }: Props) {
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const areShown = !isPhone || isOpen;
  return (
    <>
      {isPhone && (
        <Button variant="default" mb="sm" aria-expanded={areShown} onClick={() => onOpen(!areShown)}>
          {count > 0 ? `Filters (${count})` : "Filters"}
        </Button>
      )}
      {areShown && (
        <search className={classes.filters} aria-label="Filters">
          {children}
        </search>
      )}
    </>
  );
}
