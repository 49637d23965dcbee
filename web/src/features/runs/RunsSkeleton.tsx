import { Skeleton } from "@mantine/core";
import classes from "./runs.module.css";

const ROWS = Array.from({ length: 12 }, (_, row) => row);

/** Rows that are on their way, in the height that they will have. */
export function RunsSkeleton() {
  return (
    <div aria-busy="true" aria-live="polite">
      {ROWS.map((row) => (
        <Skeleton key={row} className={classes.skeletonRow} />
      ))}
    </div>
  );
}
