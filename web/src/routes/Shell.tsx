import { useOperator } from "../api/me";
import { NotificationBell } from "../features/notifications/NotificationBell";
import { BreakGlassBanner } from "../features/session/BreakGlassBanner";
import { BreakGlassReasonDialog } from "../features/session/BreakGlassReasonDialog";
import { OperatorMenu } from "../features/session/OperatorMenu";
import { SessionExpiredDialog } from "../features/session/SessionExpiredDialog";
import { Brand } from "./Brand";
import { ColorSchemeMenu } from "./ColorSchemeMenu";
import { Frame } from "./Frame";
import { JumpBox } from "./JumpBox";
import { KeyboardHelp } from "./KeyboardHelp";
import { SYSTEM_SHORTCUTS } from "./keyboard-shortcuts";
import { Navigation } from "./Navigation";

/** Frame of every page of the system plane. */
export function Shell() {
  const operator = useOperator();
  return (
    <Frame
      plane="system"
      place={<Brand plane="system" to="/system" word="Operators" />}
      tools={
        <>
          <JumpBox />
          <KeyboardHelp shortcuts={SYSTEM_SHORTCUTS} />
          <ColorSchemeMenu />
          <NotificationBell plane="system" />
          <OperatorMenu />
        </>
      }
      navigation={<Navigation />}
      banner={<BreakGlassBanner />}
    >
      <BreakGlassReasonDialog />
      <SessionExpiredDialog plane="system" email={operator.email} />
    </Frame>
  );
}
