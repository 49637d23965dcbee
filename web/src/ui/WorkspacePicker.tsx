import { type ComboboxItem, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";

interface Props {
  label: string;
  value: number | undefined;
  onChange: (workspaceId: number | undefined) => void;
  error?: string | undefined;
  autoFocus?: boolean;
}

const SHOWN = 20;

/** Finds one workspace by its name. */
export function WorkspacePicker({ label, value, onChange, error, autoFocus }: Props) {
  const [search, setSearch] = useState("");
  const [picked, setPicked] = useState<ComboboxItem | null>(null);
  const [asked] = useDebouncedValue(search.trim(), 200);
  const found = useQuery({
    ...api.queryOptions("get", "/api/v1/system/workspaces", {
      params: { query: { limit: SHOWN, ...(asked ? { search: asked } : {}) } },
    }),
    placeholderData: keepPreviousData,
  });
  const options = (found.data?.items ?? []).map((workspace) => ({
    value: String(workspace.id),
    label: workspace.name,
  }));
  const chosen = value === undefined ? null : String(value);
  // What was chosen, by an address or by another search, may not be among what is found now.
  const known = chosen === null || options.some((option) => option.value === chosen);
  const other = { value: chosen ?? "", label: picked?.value === chosen ? picked.label : `Workspace ${chosen}` };
  return (
    <Select
      label={label}
      placeholder="Search by name"
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      data={known ? options : [...options, other]}
      // The server has filtered already.
      filter={({ options }) => options}
      value={chosen}
      onChange={(id, option) => {
        setPicked(option);
        onChange(id === null ? undefined : Number(id));
      }}
      onSearchChange={(text) => setSearch([...options, other].some((option) => option.label === text) ? "" : text)}
      nothingFoundMessage={found.isFetching ? "Searching" : "No workspace of that name"}
      error={error}
      autoFocus={autoFocus ?? false}
      data-autofocus={autoFocus || undefined}
    />
  );
}
