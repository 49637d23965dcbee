import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

interface Props {
  label: string;
  placeholder?: string;
  /** What the address says. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

const LONGEST = 200;

/** The search of a page's list: asks a moment after somebody stopped typing. The key `/` leads here. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  const asked = value ?? "";
  const [draft, setDraft] = useState({ of: asked, typed: asked });
  // The address changes by itself too, such as by the browser's way back; what is being typed is not taken away by it.
  if (draft.of !== asked) setDraft({ of: asked, typed: draft.typed.trim() === asked ? draft.typed : asked });
  const ask = useDebouncedCallback((typed: string) => onChange(typed.trim() || undefined), 250);
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      data-page-search
      type="search"
      maxLength={LONGEST}
      leftSection={<IconSearch size={16} />}
      value={draft.typed}
      onChange={(event) => {
        setDraft({ of: asked, typed: event.currentTarget.value });
        ask(event.currentTarget.value);
      }}
    />
  );
}
