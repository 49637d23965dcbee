import { Anchor, Button, Group, ScrollArea, Skeleton, Text } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Plane } from "../../api/plane";
import type { Notification } from "../../api/schema";
import { ProblemState } from "../../ui/ProblemState";
import { QueryState } from "../../ui/QueryState";
import { StateBadge } from "../../ui/StateBadge";
import { Time } from "../../ui/Time";
import classes from "./notifications.module.css";
import { listQuery, markAllRead, markRead, refreshNotifications } from "./queries";
import { countsOf, titleOf } from "./words";

const SHOWN = 20;
/** As many as the API gives at once; what is older is in the list of runs. */
const MOST = 200;

interface Props {
  plane: Plane;
  onLeave: () => void;
}

/** The newest notifications, each with the way to its run, and what marks them as read. */
export function NotificationPanel({ plane, onLeave }: Props) {
  const [limit, setLimit] = useState(SHOWN);
  const queries = useQueryClient();
  const list = useQuery({ ...listQuery(plane, limit), placeholderData: keepPreviousData });
  const refresh = () => void refreshNotifications(queries, plane);
  const readAll = useMutation({
    mutationFn: (newest: number) => markAllRead(plane, newest),
    onSettled: refresh,
  });
  const read = (id: number) => void markRead(plane, id).finally(refresh);
  const newest = list.data?.items[0]?.id;
  const hasUnread = Boolean(list.data?.unread_count);
  return (
    <>
      <Group justify="space-between" className={classes.head} wrap="nowrap">
        <Text fw={600} component="h2">
          Notifications
        </Text>
        <Button
          variant="default"
          size="compact-sm"
          // Stays where the focus can be: a button that is disabled under it would lose it, and with it the keys of the panel.
          data-disabled={!hasUnread || undefined}
          aria-disabled={!hasUnread || readAll.isPending}
          onClick={() => hasUnread && !readAll.isPending && newest !== undefined && readAll.mutate(newest)}
        >
          Mark all as read
        </Button>
      </Group>
      {readAll.isError && <ProblemState error={readAll.error} />}
      <ScrollArea.Autosize mah={420} viewportProps={{ tabIndex: 0, role: "group", "aria-label": "List" }}>
        <QueryState query={list} skeleton={<Skeleton h={72} m="sm" />}>
          {({ items, next_cursor }) => (
            <>
              {items.length === 0 && (
                <Text p="sm">Nothing yet. When a run that you started has ended, it is told here.</Text>
              )}
              <ul className={classes.list}>
                {items.map((notification) => (
                  <Item
                    key={notification.id}
                    notification={notification}
                    onRead={() => read(notification.id)}
                    onLeave={onLeave}
                  />
                ))}
              </ul>
              {next_cursor && limit < MOST && (
                <Button variant="subtle" fullWidth onClick={() => setLimit(limit === SHOWN ? 100 : MOST)}>
                  Show older
                </Button>
              )}
            </>
          )}
        </QueryState>
      </ScrollArea.Autosize>
    </>
  );
}

interface ItemProps {
  notification: Notification;
  onRead: () => void;
  onLeave: () => void;
}

function Item({ notification, onRead, onLeave }: ItemProps) {
  const { run, link, created_at, read_at } = notification;
  const isUnread = read_at === null;
  return (
    <li className={classes.item} data-unread={isUnread || undefined}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        {run.outcome !== "pending" && <StateBadge state={run.outcome} />}
        <Text span size="xs" c="dimmed">
          <Time value={created_at} />
        </Text>
      </Group>
      <Anchor
        fw={isUnread ? 600 : 400}
        renderRoot={(props) => (
          <Link
            to={link}
            {...props}
            onClick={() => {
              if (isUnread) onRead();
              onLeave();
            }}
          />
        )}
      >
        {titleOf(notification)}
      </Anchor>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {countsOf(notification)}
        </Text>
        {isUnread && (
          <Button
            variant="subtle"
            size="compact-xs"
            flex="none"
            onClick={({ currentTarget }) => {
              // The button goes: the focus stays with what it was about.
              currentTarget.closest("li")?.querySelector("a")?.focus();
              onRead();
            }}
            aria-label={`Mark as read: ${titleOf(notification)}, run ${run.id}`}
          >
            Mark as read
          </Button>
        )}
      </Group>
    </li>
  );
}
