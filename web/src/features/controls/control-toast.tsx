import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ApiProblem } from "../../api/problem";
import type { Control } from "../../api/schema";
import { toast } from "../../ui/toast";

/** Says how a control stands after a change, with the way to its history. */
export function controlToast(title: string, control: Control): void {
  toast(
    title,
    <>
      Now: {control.state_label}.{" "}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link to="/system/ops/controls" search={{ control: control.key, dialog: "history" }} {...props} />
        )}
      >
        History
      </Anchor>
    </>,
  );
}

/** Says that nothing was done, where the dialog that asked for it is not there any more to say so. */
export function refusalToast(label: string, why: ApiProblem): void {
  toast(`Not done: ${label}`, why.detail);
}
