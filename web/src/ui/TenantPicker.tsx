import { type ComboboxItem, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";

interface Props {
  label: string;
  value: number | undefined;
  onChange: (tenantId: number | undefined) => void;
  error?: string | undefined;
  autoFocus?: boolean;
}

const SHOWN = 20;

/** Finds one tenant by name or directory id among those that may be targeted. */
export function TenantPicker({ label, value, onChange, error, autoFocus }: Props) {
  const [search, setSearch] = useState("");
  const [picked, setPicked] = useState<ComboboxItem | null>(null);
  const [asked] = useDebouncedValue(search.trim(), 200);
  const found = useQuery({
    ...api.queryOptions("get", "/api/v1/system/tenants", {
      params: { query: { limit: SHOWN, ...(asked ? { search: asked } : {}) } },
    }),
    placeholderData: keepPreviousData,
  });
  const options = (found.data?.items ?? []).map((tenant) => ({
    value: String(tenant.id),
    label: `${tenant.name} · ${tenant.workspace.name}`,
  }));
  const chosen = value === undefined ? null : String(value);
  // What was chosen, by an address or by another search, may not be among what is found now.
  const known = chosen === null || options.some((option) => option.value === chosen);
  const other = { value: chosen ?? "", label: picked?.value === chosen ? picked.label : `Tenant ${chosen}` };
  return (
    <Select
      label={label}
      placeholder="Search by name or directory id"
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
      nothingFoundMessage={found.isFetching ? "Searching" : "No tenant of that name may be targeted"}
      error={error}
      autoFocus={autoFocus ?? false}
      data-autofocus={autoFocus || undefined}
    />
  );
}
