import { NavLink } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import type { ComponentType } from "react";

/** A page that the navigation leads to. */
export interface NavEntry {
  to: string;
  label: string;
  icon: ComponentType<{ size?: number }>;
  /** What is below its address are not its parts. */
  isAlone?: boolean;
}

/** Links to pages; the one that is open, or of which a part is, is marked. */
export function NavEntries({ entries }: { entries: NavEntry[] }) {
  const { pathname } = useLocation();
  return entries.map(({ to, label, icon: Icon, isAlone }) => {
    const isActive = pathname === to || (!isAlone && pathname.startsWith(`${to}/`));
    return (
      <NavLink
        key={to}
        label={label}
        leftSection={<Icon size={18} />}
        active={isActive}
        aria-current={isActive ? "page" : undefined}
        renderRoot={(props) => (
          <Link to={to} activeOptions={{ exact: isAlone === true, includeSearch: false }} {...props} />
        )}
      />
    );
  });
}
