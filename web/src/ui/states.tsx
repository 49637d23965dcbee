import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCircleHalf2,
  IconCircleMinus,
  IconClock,
  IconHourglass,
  IconInfoCircle,
  IconLoader2,
  IconPlayerPause,
  IconX,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

/** How a state looks and what it is called, everywhere. The word carries the meaning, colour and icon only help. */
export interface StateLook {
  word: string;
  color: string;
  icon: ComponentType<{ size?: number; stroke?: number; className?: string }>;
  /** The icon turns, unless motion is reduced. */
  spins?: boolean;
}

/** The one table of states. */
export const STATES = {
  queued: { word: "Queued", color: "gray", icon: IconClock },
  waiting: { word: "Waiting to try again", color: "yellow", icon: IconHourglass },
  running: { word: "Running", color: "blue", icon: IconLoader2, spins: true },
  paused: { word: "Paused", color: "yellow", icon: IconPlayerPause },
  held: { word: "Held back", color: "yellow", icon: IconHourglass },
  succeeded: { word: "Succeeded", color: "teal", icon: IconCheck },
  partially_succeeded: { word: "Partially succeeded", color: "orange", icon: IconCircleHalf2 },
  failed: { word: "Failed", color: "red", icon: IconX },
  blocked: { word: "Blocked", color: "violet", icon: IconBan },
  cancelled: { word: "Cancelled", color: "gray", icon: IconCircleMinus },
  stale: { word: "Stale", color: "yellow", icon: IconAlertTriangle },
  enabled: { word: "Enabled", color: "teal", icon: IconCheck },
  disabled: { word: "Disabled", color: "gray", icon: IconCircleMinus },
  pending: { word: "Pending", color: "yellow", icon: IconHourglass },
  sent: { word: "Sent", color: "teal", icon: IconCheck },
  suppressed: { word: "Suppressed", color: "gray", icon: IconCircleMinus },
  info: { word: "Info", color: "blue", icon: IconInfoCircle },
  warning: { word: "Warning", color: "orange", icon: IconAlertTriangle },
  error: { word: "Error", color: "red", icon: IconX },
  critical: { word: "Critical", color: "red", icon: IconAlertTriangle },
  ok: { word: "OK", color: "teal", icon: IconCheck },
  degraded: { word: "Degraded", color: "orange", icon: IconAlertTriangle },
  failing: { word: "Failing", color: "red", icon: IconX },
} as const satisfies Record<string, StateLook>;

export type State = keyof typeof STATES;
