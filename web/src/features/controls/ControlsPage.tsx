import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PageHeader } from "../../ui/PageHeader";
import { QueryState } from "../../ui/QueryState";
import { ControlCard } from "./ControlCard";
import { ControlDialogs } from "./ControlDialogs";
import classes from "./controls.module.css";
import { controlsQuery } from "./queries";

/** The kill switches of the installation: how each stands, pausing and resuming it, and its history (WEB-01, CTL-09). */
export function ControlsPage() {
  const controls = useQuery(controlsQuery());
  return (
    <>
      <PageHeader
        section="Ops"
        title="Controls"
        lead="A pause stops new starts at once, on every server. What was accepted before goes on."
      />
      <QueryState query={controls} skeleton={<CardsSkeleton />}>
        {({ items }) => (
          <div className={classes.cards}>
            {items.map((control) => (
              <ControlCard key={control.key} control={control} />
            ))}
          </div>
        )}
      </QueryState>
      {/* Old data keep the dialog: what is typed there outlives an ended session and a server that is away. */}
      {controls.data && <ControlDialogs controls={controls.data.items} />}
    </>
  );
}

function CardsSkeleton() {
  return (
    <div className={classes.cards}>
      <Skeleton h={196} />
      <Skeleton h={196} />
    </div>
  );
}
