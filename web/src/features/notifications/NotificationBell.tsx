import { ActionIcon, Indicator, Popover, VisuallyHidden } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useState } from "react";
import type { Plane } from "../../api/plane";
import { NotificationPanel } from "./NotificationPanel";
import { useNotifications } from "./use-notifications";
import { badgeText, bellLabel } from "./words";

/** What ended of what one started: how many are unread, and the list of them (RUN-15). */
export function NotificationBell({ plane }: { plane: Plane }) {
  const { unread, announcement } = useNotifications(plane);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={360} trapFocus withRoles returnFocus>
        <Popover.Target>
          <Indicator label={badgeText(unread)} disabled={unread === 0} size={16} offset={4} color="red.8" inline>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={bellLabel(unread)}
              aria-haspopup="dialog"
              aria-expanded={isOpen}
              onClick={() => setOpen((before) => !before)}
            >
              <IconBell size={18} />
            </ActionIcon>
          </Indicator>
        </Popover.Target>
        <Popover.Dropdown aria-label="Notifications" p={0} maw="calc(100vw - 16px)">
          {isOpen && <NotificationPanel plane={plane} onLeave={() => setOpen(false)} />}
        </Popover.Dropdown>
      </Popover>
      <VisuallyHidden role="status">{announcement}</VisuallyHidden>
    </>
  );
}
