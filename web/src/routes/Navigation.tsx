import { NavLink, Stack, Text } from "@mantine/core";
import { IconActivity, IconAdjustments, IconFileText, IconLayoutDashboard, IconListDetails } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import type { ComponentType } from "react";

interface Entry {
  to: string;
  label: string;
  icon: ComponentType<{ size?: number }>;
}

const START: Entry[] = [{ to: "/system/dashboard", label: "Dashboard", icon: IconLayoutDashboard }];
const OPS: Entry[] = [
  { to: "/system/ops/runbooks", label: "Runbooks", icon: IconListDetails },
  { to: "/system/ops/runs", label: "Runs", icon: IconActivity },
  { to: "/system/ops/controls", label: "Controls", icon: IconAdjustments },
];
const LOOK_BACK: Entry[] = [{ to: "/system/audit", label: "Audit", icon: IconFileText }];

/** The pages of the system plane. */
export function Navigation() {
  return (
    <nav aria-label="Pages">
      <Stack gap={2}>
        <Entries entries={START} />
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm">
          Ops
        </Text>
        <Entries entries={OPS} />
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm">
          Look back
        </Text>
        <Entries entries={LOOK_BACK} />
      </Stack>
    </nav>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  const { pathname } = useLocation();
  return entries.map(({ to, label, icon: Icon }) => {
    const isActive = pathname === to || pathname.startsWith(`${to}/`);
    return (
      <NavLink
        key={to}
        label={label}
        leftSection={<Icon size={18} />}
        active={isActive}
        aria-current={isActive ? "page" : undefined}
        renderRoot={(props) => <Link to={to} {...props} />}
      />
    );
  });
}
