import { useParams } from "@tanstack/react-router";
import { useUser } from "../api/me";
import { SessionExpiredDialog } from "../features/session/SessionExpiredDialog";
import { UserMenu } from "../features/session/UserMenu";
import { TenantSwitcher } from "../features/tenants/TenantSwitcher";
import { id } from "../lib/search";
import { Brand } from "./Brand";
import { ColorSchemeMenu } from "./ColorSchemeMenu";
import { Frame } from "./Frame";
import { KeyboardHelp } from "./KeyboardHelp";
import { tenantShortcuts } from "./keyboard-shortcuts";
import { TenantNavigation } from "./TenantNavigation";

/** Frame of every page of the tenant plane; which tenant it is about stands in the address. */
export function TenantShell() {
  const user = useUser();
  const tenantId = id(useParams({ strict: false }).tenantId);
  return (
    <Frame
      plane="tenant"
      place={
        <>
          <Brand plane="tenant" to="/admin" word="Tenants" />
          <TenantSwitcher tenantId={tenantId} />
        </>
      }
      tools={
        <>
          <KeyboardHelp shortcuts={tenantShortcuts(tenantId)} />
          <ColorSchemeMenu />
          <UserMenu />
        </>
      }
      navigation={<TenantNavigation tenantId={tenantId} />}
    >
      <SessionExpiredDialog plane="tenant" email={user.email} />
    </Frame>
  );
}
