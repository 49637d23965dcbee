import { Drawer, Modal, Skeleton, Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Control } from "../../api/schema";
import { inSentence } from "../../lib/format";
import { QueryState } from "../../ui/QueryState";
import type { ControlsSearch } from "./control-search";
import { HistoryList } from "./HistoryList";
import { PauseSteps } from "./PauseSteps";
import { type Seen, seenQuery } from "./queries";
import { ResumeStep } from "./ResumeStep";

const route = getRouteApi("/system/ops/controls");

/** The dialog that the address names, if any. While an answer is awaited it stays, since it is to show the answer. */
export function ControlDialogs({ controls }: { controls: Control[] }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const isPhone = useMediaQuery("(max-width: 30em)");
  const [isSending, setSending] = useState(false);
  const { control: key, dialog, activation } = search;
  const label = controls.find((control) => control.key === key)?.label ?? "the control";

  async function close() {
    await navigate({ to: "/system/ops/controls", search: {}, replace: true, resetScroll: false });
  }

  /** What was acted on may be gone with its buttons, so the card's title is where to go on. */
  async function done() {
    await close();
    if (key) requestAnimationFrame(() => document.getElementById(`control-${key}`)?.focus());
  }

  const isOpen = key !== undefined && dialog !== undefined;
  return (
    <>
      <Modal
        opened={isOpen && dialog !== "history"}
        onClose={() => void (isSending || close())}
        title={titleOf(dialog, label)}
        size="lg"
        fullScreen={isPhone}
        closeOnClickOutside={false}
        transitionProps={{ duration: 0 }}
      >
        {key && dialog && dialog !== "history" && (
          <AsSeen controlKey={key}>
            {(seen) => (
              <Decision
                key={`${key} ${dialog} ${activation}`}
                seen={seen}
                search={search}
                onSending={setSending}
                onClose={close}
                onDone={done}
              />
            )}
          </AsSeen>
        )}
      </Modal>
      <Drawer
        opened={isOpen && dialog === "history"}
        onClose={() => void close()}
        title={titleOf("history", label)}
        position="right"
        size={isPhone ? "100%" : "xl"}
        transitionProps={{ duration: 0 }}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {key && <HistoryList controlKey={key} />}
      </Drawer>
    </>
  );
}

interface DecisionProps {
  seen: Seen;
  search: ControlsSearch;
  onSending: (isSending: boolean) => void;
  onClose: () => Promise<void>;
  onDone: () => Promise<void>;
}

function Decision({ seen, search: { dialog, activation: id }, onSending, onClose, onDone }: DecisionProps) {
  switch (dialog) {
    case "pause":
      return <PauseSteps seen={seen} onSending={onSending} onDone={onDone} />;
    case "change":
      return <PauseSteps seen={seen} activationId={id ?? 0} onSending={onSending} onDone={onDone} />;
    case "resume":
    case "call-off":
      return (
        <ResumeStep
          seen={seen}
          activationId={id ?? 0}
          isScheduled={dialog === "call-off"}
          onSending={onSending}
          onClose={onClose}
          onDone={onDone}
        />
      );
    default:
      return null;
  }
}

function AsSeen({ controlKey, children }: { controlKey: string; children: (seen: Seen) => ReactNode }) {
  const seen = useQuery(seenQuery(controlKey));
  return (
    <QueryState
      query={seen}
      skeleton={
        <Stack>
          <Skeleton h={60} />
          <Skeleton h={80} />
          <Skeleton h={60} />
        </Stack>
      }
    >
      {children}
    </QueryState>
  );
}

function titleOf(dialog: ControlsSearch["dialog"], label: string): string {
  switch (dialog) {
    case "change":
      return `Change the pause of ${inSentence(label)}`;
    case "resume":
      return `Resume ${inSentence(label)}`;
    case "call-off":
      return `Call off the scheduled pause of ${inSentence(label)}`;
    case "history":
      return `History of ${inSentence(label)}`;
    default:
      return `Pause ${inSentence(label)}`;
  }
}
