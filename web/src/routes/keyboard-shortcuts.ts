import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/** What a key does. */
export interface Shortcut {
  /** Keys one after the other. */
  keys: string;
  label: string;
  /** Where it leads; the others are handled below. */
  to?: string;
}

/** The keys of the system plane. */
export const SYSTEM_SHORTCUTS: readonly Shortcut[] = [
  { keys: "/", label: "Search the page, or go to a page, run or tenant" },
  { keys: "Ctrl+K", label: "Go to a page, run or tenant" },
  { keys: "g d", label: "Go to the dashboard", to: "/system/dashboard" },
  { keys: "g b", label: "Go to runbooks", to: "/system/ops/runbooks" },
  { keys: "g r", label: "Go to runs", to: "/system/ops/runs" },
  { keys: "g c", label: "Go to controls", to: "/system/ops/controls" },
  { keys: "g a", label: "Go to audit", to: "/system/audit" },
  { keys: "?", label: "Show this list" },
  { keys: "Esc", label: "Close what is open" },
];

/** The keys of the tenant plane; those that lead to pages of a tenant need one in the address. */
export function tenantShortcuts(tenantId: number | undefined): readonly Shortcut[] {
  const tenant = `/admin/tenants/${tenantId}`;
  const pages = [
    { keys: "g d", label: "Go to the tenant's dashboard", to: `${tenant}/dashboard` },
    { keys: "g f", label: "Go to findings", to: `${tenant}/findings` },
    { keys: "g o", label: "Go to operations", to: `${tenant}/operations` },
  ];
  return [
    { keys: "/", label: "Search, or find another tenant" },
    { keys: "Ctrl+K", label: "Find another tenant" },
    ...(tenantId === undefined ? [] : pages),
    { keys: "g t", label: "Go to all tenants", to: "/admin/tenants" },
    { keys: "?", label: "Show this list" },
    { keys: "Esc", label: "Close what is open" },
  ];
}

const SEQUENCE_MILLISECONDS = 1_000;

/** Acts on the keys, unless somebody types or a dialog is open. */
export function useKeyboardShortcuts(shortcuts: readonly Shortcut[], isOn: boolean, showHelp: () => void): void {
  const navigate = useNavigate();
  const first = useRef<{ key: string; at: number } | null>(null);
  useEffect(() => {
    if (!isOn) return;
    function onKey(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !isDialogOpen()) {
        event.preventDefault();
        document.querySelector<HTMLElement>("[data-jump-box]")?.focus();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen()) return;
      const last = first.current;
      const isSequence = last !== null && event.timeStamp - last.at < SEQUENCE_MILLISECONDS;
      const target = isSequence ? shortcuts.find(({ keys }) => keys === `${last.key} ${event.key}`) : undefined;
      first.current = target ? null : { key: event.key, at: event.timeStamp };
      if (target?.to) void navigate({ to: target.to });
      if (event.key === "?") showHelp();
      if (event.key === "/") {
        event.preventDefault();
        const search = document.querySelector<HTMLElement>("[data-page-search]");
        (search ?? document.querySelector<HTMLElement>("[data-jump-box]"))?.focus();
      }
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [shortcuts, isOn, navigate, showHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}
