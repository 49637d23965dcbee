import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { AlertDialog } from "./alerts-search";

/** What a form in a dialog is given. */
export interface FormProps {
  onSending: (isSending: boolean) => void;
  onClose: () => void;
}

interface Props {
  page: "/system/settings/alerts/rules" | "/system/settings/alerts/destinations";
  titles: Record<NonNullable<AlertDialog["dialog"]>, string>;
  children: {
    new: (form: FormProps) => ReactNode;
    edit: (form: FormProps, id: number) => ReactNode;
    remove: (form: FormProps, id: number) => ReactNode;
  };
}

/** The dialog that the address names, if it names one. While a request is on its way it stays open. */
export function AlertDialogs({ page, titles, children }: Props) {
  const { dialog, id = 0 } = useSearch({ from: page });
  const navigate = useNavigate();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  // What is closing stays as it was until it is gone.
  const [shown, setShown] = useState({ dialog, id });
  if (dialog !== undefined && (dialog !== shown.dialog || id !== shown.id)) setShown({ dialog, id });
  const [isSending, setSending] = useState(false);
  const close = () => void navigate({ to: page, search: {}, replace: true, resetScroll: false });
  const form: FormProps = { onSending: setSending, onClose: close };
  return (
    <Modal
      opened={dialog !== undefined}
      onClose={() => !isSending && close()}
      closeOnClickOutside={false}
      title={shown.dialog && titles[shown.dialog]}
      size="lg"
      fullScreen={isPhone}
    >
      {shown.dialog === "new" && children.new(form)}
      {shown.dialog === "edit" && children.edit(form, shown.id)}
      {shown.dialog === "remove" && children.remove(form, shown.id)}
    </Modal>
  );
}
