import { useDocumentVisibility } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { refreshFindings } from "../../api/findings";
import { meQuery, userQuery } from "../../api/me";
import type { Plane } from "../../api/plane";
import { sessionExpired } from "../../api/query-client";
import type { NotificationState } from "../../api/schema";
import { eventsOf, refreshNotifications } from "./queries";
import { spoken } from "./words";

const REOPEN_MILLISECONDS = 5_000;

/** How many are unread, kept up to date by one stream, and the words for what has come since the page was opened. */
export function useNotifications(plane: Plane): { unread: number; announcement: string } {
  const queries = useQueryClient();
  const [state, setState] = useState<NotificationState | null>(null);
  const [announcement, setAnnouncement] = useState("");
  const newest = useRef<number | null>(null);
  const [attempt, setAttempt] = useState(0);
  const isVisible = useDocumentVisibility() === "visible";
  const isSignedOut = sessionExpired[plane].use();
  // Browsers allow few streams at once: pages that nobody sees take none. The first event tells what they have missed.
  const isWanted = isVisible && !isSignedOut;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens another stream
  useEffect(() => {
    if (!isWanted) return;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(eventsOf(plane));
    source.addEventListener("notifications", ({ data }: MessageEvent<string>) => {
      const told: NotificationState = JSON.parse(data);
      const id = told.newest?.id ?? 0;
      if (told.newest && newest.current !== null && id > newest.current) {
        setAnnouncement(spoken(told.newest));
        // A run of the tenant has ended: what it changed is shown anew.
        if (plane === "tenant") refreshFindings(queries);
      }
      newest.current = Math.max(newest.current ?? 0, id);
      setState(told);
      void refreshNotifications(queries, plane);
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      // Only an ordinary request says why, such as that the session has ended.
      void queries.invalidateQueries({ queryKey: (plane === "system" ? meQuery() : userQuery()).queryKey });
      reopening = setTimeout(() => setAttempt((before) => before + 1), REOPEN_MILLISECONDS);
    };
    return () => {
      source.close();
      clearTimeout(reopening);
    };
  }, [plane, isWanted, attempt, queries]);
  return { unread: state?.unread_count ?? 0, announcement };
}
