import { Anchor, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { DeliveriesSearch } from "./alerts-search";

interface Props {
  search: DeliveriesSearch;
  label: string;
  /** A link in a sentence instead of a button. */
  isInline?: boolean;
}

/** The way to what was sent. */
export function DeliveriesLink({ search, label, isInline = false }: Props) {
  const to = "/system/settings/alerts/deliveries";
  if (isInline) {
    return (
      <Anchor inherit underline="always" renderRoot={(props) => <Link to={to} search={search} {...props} />}>
        {label}
      </Anchor>
    );
  }
  return (
    <Button
      variant="subtle"
      size="xs"
      aria-label={label}
      renderRoot={(props) => <Link to={to} search={search} {...props} />}
    >
      Deliveries
    </Button>
  );
}
