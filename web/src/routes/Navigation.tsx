import { Stack, Text } from "@mantine/core";
import {
  IconActivity,
  IconAdjustments,
  IconBellRinging,
  IconDevices,
  IconFileText,
  IconKey,
  IconLayoutDashboard,
  IconListDetails,
} from "@tabler/icons-react";
import { NavEntries, type NavEntry } from "./NavEntries";

const START: NavEntry[] = [{ to: "/system/dashboard", label: "Dashboard", icon: IconLayoutDashboard }];
const OPS: NavEntry[] = [
  { to: "/system/ops/runbooks", label: "Runbooks", icon: IconListDetails },
  { to: "/system/ops/runs", label: "Runs", icon: IconActivity },
  { to: "/system/ops/controls", label: "Controls", icon: IconAdjustments },
];
const SETTINGS: NavEntry[] = [
  { to: "/system/settings/tokens", label: "API tokens", icon: IconKey },
  { to: "/system/settings/sessions", label: "Sessions", icon: IconDevices },
  { to: "/system/settings/alerts", label: "Alerts", icon: IconBellRinging },
];
const LOOK_BACK: NavEntry[] = [{ to: "/system/audit", label: "Audit", icon: IconFileText }];

/** The pages of the system plane. */
export function Navigation() {
  return (
    <nav aria-label="Pages">
      <Stack gap={2}>
        <NavEntries entries={START} />
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm">
          Ops
        </Text>
        <NavEntries entries={OPS} />
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm">
          Look back
        </Text>
        <NavEntries entries={LOOK_BACK} />
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm">
          Settings
        </Text>
        <NavEntries entries={SETTINGS} />
      </Stack>
    </nav>
  );
}
