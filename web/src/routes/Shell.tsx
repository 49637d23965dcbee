import { AppShell, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { AccountMenu } from "../features/session/AccountMenu";
import { BreakGlassBanner } from "../features/session/BreakGlassBanner";
import { SessionExpiredDialog } from "../features/session/SessionExpiredDialog";
import { ColorSchemeMenu } from "./ColorSchemeMenu";
import { ConnectionBanner } from "./ConnectionBanner";
import { JumpBox } from "./JumpBox";
import { KeyboardHelp } from "./KeyboardHelp";
import { Navigation } from "./Navigation";
import classes from "./Shell.module.css";

/** Frame of every page of the system plane: header, navigation, what concerns all pages, and the page. */
export function Shell() {
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
      <AppShell.Header px={{ base: "xs", sm: "md" }}>
        <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={drawer.toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Link to="/system" className={classes.brand}>
              TenantAtlas
              <Text span c="dimmed" visibleFrom="sm">
                {" "}
                · Operators
              </Text>
            </Link>
          </Group>
          <Group gap={4} wrap="nowrap">
            <JumpBox />
            <KeyboardHelp />
            <ColorSchemeMenu />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        <BreakGlassBanner />
        <Outlet />
      </AppShell.Main>
      <SessionExpiredDialog />
    </AppShell>
  );
}
