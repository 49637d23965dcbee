import { type ComboboxItem, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";

/** What a picker of one thing out of many is given by a form. */
export interface PickerProps {
  label: string;
  value: number | undefined;
  /** The thing's id, and its name as it was shown. */
  onChange: (id: number | undefined, name: string | undefined) => void;
  error?: string | undefined;
  autoFocus?: boolean;
}

interface Props extends PickerProps {
  placeholder: string;
  /** Said when nothing has the name. */
  nothingFound: string;
  /** "Tenant": how something is called of which only the id is known. */
  noun: string;
  /** Asks the server for the first few that match; nothing asked gives the first of all. */
  useFound: (search: string | undefined) => { data: ComboboxItem[] | undefined; isFetching: boolean };
}

/** Finds one thing by asking the server while somebody types. */
export function RemotePicker({ useFound, label, value, onChange, error, autoFocus, ...props }: Props) {
  const [search, setSearch] = useState("");
  const [picked, setPicked] = useState<ComboboxItem | null>(null);
  const [asked] = useDebouncedValue(search.trim(), 200);
  const found = useFound(asked || undefined);
  const options = found.data ?? [];
  const chosen = value === undefined ? null : String(value);
  // What was chosen, by an address or by another search, may not be among what is found now.
  const isKnown = chosen === null || options.some((option) => option.value === chosen);
  const other = { value: chosen ?? "", label: picked?.value === chosen ? picked.label : `${props.noun} ${chosen}` };
  return (
    <Select
      label={label}
      placeholder={props.placeholder}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      data={isKnown ? options : [...options, other]}
      // The server has filtered already.
      filter={({ options }) => options}
      value={chosen}
      onChange={(id, option: ComboboxItem | null) => {
        setPicked(option);
        onChange(id === null ? undefined : Number(id), option?.label);
      }}
      onSearchChange={(text) => setSearch([...options, other].some((option) => option.label === text) ? "" : text)}
      nothingFoundMessage={found.isFetching ? "Searching" : props.nothingFound}
      error={error}
      autoFocus={autoFocus ?? false}
      data-autofocus={autoFocus || undefined}
    />
  );
}

/** How many are asked for at once. */
export const PICKER_LIMIT = 20;
