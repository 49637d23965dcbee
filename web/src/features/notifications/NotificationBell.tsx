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
      <Indicator label={badgeText(unread)} disabled={unread === 0} size={16} offset={7} color="red.8" inline>
        <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={360} trapFocus withRoles returnFocus>
          <Popover.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={bellLabel(unread)}
              onClick={() => setOpen((before) => !before)}
            >
              <IconBell size={18} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown aria-label="Notifications" p={0} maw="calc(100vw - 16px)">
            {isOpen && <NotificationPanel plane={plane} onLeave={() => setOpen(false)} />}
          </Popover.Dropdown>
        </Popover>
      </Indicator>
      <VisuallyHidden role="status">{announcement}</VisuallyHidden>
    </>
  );
}
