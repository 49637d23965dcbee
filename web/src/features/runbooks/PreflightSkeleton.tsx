import { Skeleton, Stack } from "@mantine/core";
import classes from "./Runbooks.module.css";

/** Of about the size of a report. */
export function PreflightSkeleton() {
  return (
    <Stack gap="md" aria-hidden="true">
      <Skeleton height={48} maw={520} />
      <div className={classes.columns}>
        <Skeleton height={300} />
        <Skeleton height={300} />
      </div>
    </Stack>
  );
}
