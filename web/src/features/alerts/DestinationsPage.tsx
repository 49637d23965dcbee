import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { AlertDestination } from "../../api/schema";
import { EmptyState } from "../../ui/EmptyState";
import { QueryState } from "../../ui/QueryState";
import { AlertCard } from "./AlertCard";
import { AlertDialogs } from "./AlertDialogs";
import { AlertsHeader } from "./AlertsHeader";
import classes from "./alerts.module.css";
import { EditDestination, NewDestination } from "./DestinationForms";
import { destinationsQuery } from "./queries";
import { RemoveForm } from "./RemoveForm";
import { KINDS } from "./words";

const PAGE = "/system/settings/alerts/destinations";
const route = getRouteApi(PAGE);

/** Where alerts go (ALR-01). */
export function DestinationsPage() {
  const destinations = useQuery(destinationsQuery());
  const { id } = route.useSearch();
  const destination = destinations.data?.items.find((one) => one.id === id);
  return (
    <>
      <AlertsHeader
        title="Destinations"
        lead="Where alerts go: channels, programs, people. Secrets are kept encrypted and never shown."
        actions={
          <Button renderRoot={(props) => <Link to={PAGE} search={{ dialog: "new" }} resetScroll={false} {...props} />}>
            New destination…
          </Button>
        }
      />
      <QueryState query={destinations} skeleton={<Skeleton h={200} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No destination yet">Make one, send a test, and name it in a rule.</EmptyState>
          ) : (
            <div className={classes.cards}>
              {items.map((each) => (
                <DestinationCard key={each.id} destination={each} />
              ))}
            </div>
          )
        }
      </QueryState>
      <AlertDialogs
        page={PAGE}
        titles={{
          new: "New destination",
          edit: "Change destination",
          remove: `Remove ${destination?.name ?? "destination"}?`,
        }}
      >
        {{
          new: (form) => <NewDestination {...form} />,
          edit: (form, about) => <EditDestination {...form} id={about} />,
          remove: (form, about) => (
            <RemoveForm {...form} noun="destination" id={about} sentence={removal(destination)} />
          ),
        }}
      </AlertDialogs>
    </>
  );
}

function removal(destination: AlertDestination | undefined): string {
  const rules = destination?.rule_names ?? [];
  const users = rules.length > 0 ? ` These rules lose it: ${rules.join(", ")}.` : "";
  return `What was still to be sent there is not.${users}`;
}

function DestinationCard({ destination }: { destination: AlertDestination }) {
  return (
    <AlertCard noun="destination" item={destination} deliveriesLabel={`Deliveries to ${destination.name}`}>
      <dt>Kind</dt>
      <dd>{KINDS[destination.kind].label}</dd>
      <dt>Address</dt>
      <dd>{destination.address}</dd>
      <dt>Secret</dt>
      <dd>{destination.has_secret ? "Set" : "None"}</dd>
      <dt>Used by</dt>
      <dd>{destination.rule_names.join(", ") || "No rule"}</dd>
    </AlertCard>
  );
}
