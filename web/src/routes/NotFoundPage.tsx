import { Anchor } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { EmptyState } from "../ui/EmptyState";
import { PageHeader } from "../ui/PageHeader";

/** An address that no page has. */
export function NotFoundPage() {
  const { pathname } = useLocation();
  const start = pathname.startsWith("/admin") ? "/admin" : "/system";
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState title="There is no page under this address">
        <Anchor renderRoot={(props) => <Link to={start} {...props} />}>Go to the start page</Anchor>
      </EmptyState>
    </>
  );
}
