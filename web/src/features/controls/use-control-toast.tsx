import { Anchor } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import type { Control } from "../../api/schema";
import { toast } from "../../ui/toast";

/** Says how a control stands after a change, with the way to its history. */
export function useControlToast() {
  const { history } = useRouter();
  return (title: string, control: Control) => {
    const address = `/system/ops/controls?control=${encodeURIComponent(control.key)}&dialog=history`;
    // Toasts are shown outside of the router's tree, so the link is given the way.
    const go = (event: MouseEvent) => {
      event.preventDefault();
      history.push(address);
    };
    toast(
      title,
      <>
        Now: {control.state_label}.{" "}
        <Anchor inherit underline="always" href={address} onClick={go}>
          History
        </Anchor>
      </>,
    );
  };
}
