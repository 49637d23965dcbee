import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageHeader } from "../../ui/PageHeader";
import classes from "./alerts.module.css";

interface Props {
  title: string;
  lead: string;
  actions?: ReactNode;
}

const PAGES = [
  { to: "/system/settings/alerts/rules", label: "Rules" },
  { to: "/system/settings/alerts/destinations", label: "Destinations" },
  { to: "/system/settings/alerts/deliveries", label: "Deliveries" },
] as const;

/** Title of a page about alerts, and the way to the other two. */
export function AlertsHeader(props: Props) {
  const { pathname } = useLocation();
  return (
    <>
      <PageHeader section="Alerts" {...props} />
      <nav aria-label="Alerts" className={classes.pages}>
        {PAGES.map(({ to, label }) => (
          <Link key={to} to={to} className={classes.page} aria-current={pathname === to ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
    </>
  );
}
