import { AppShell, Burger, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import type { Plane } from "../api/plane";
import { ConnectionBanner } from "./ConnectionBanner";
import classes from "./Frame.module.css";

interface Props {
  plane: Plane;
  /** Where one is, at the left of the header. */
  place: ReactNode;
  /** What every page of the plane offers, at the right of the header. */
  tools: ReactNode;
  navigation: ReactNode;
  /** Above each page: what concerns all of them. */
  banner?: ReactNode;
  /** Dialogs over all pages. */
  children: ReactNode;
}

/** Frame of every page: header, navigation, what concerns all pages, and the page. Its edge tells the planes apart. */
export function Frame({ plane, place, tools, navigation, banner, children }: Props) {
  const [isOpen, drawer] = useDisclosure(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when the page changes
  useEffect(() => drawer.close(), [pathname]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="lg"
    >
      <a href="#page" className="skip-link">
        Skip to the page
      </a>
      <AppShell.Header px={{ base: "xs", sm: "md" }} className={classes.header} data-plane={plane}>
        <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={drawer.toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            {place}
          </Group>
          <Group gap={4} wrap="nowrap">
            {tools}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">{navigation}</AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        {banner}
        <Outlet />
      </AppShell.Main>
      {children}
    </AppShell>
  );
}
