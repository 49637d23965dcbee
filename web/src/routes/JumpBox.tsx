import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { api } from "../api/client";
import { type Jump, jumpsTo, type Named } from "./jumps";

/** Most tenants that are offered. */
const TENANTS_SHOWN = 6;
const WAIT_MILLISECONDS = 200;

/** Goes to a page by its name, to a run by its number, or to the runs of a tenant by its name. */
export function JumpBox() {
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const [asked] = useDebouncedValue(typed.trim(), WAIT_MILLISECONDS);
  const tenants = useTenants(asked);
  const jumps = jumpsTo(typed, tenants.found);
  const groups = [...new Set(jumps.map(({ group }) => group))];
  const isSearching = tenants.isPending || asked !== typed.trim();

  function go({ to }: Jump) {
    setTyped("");
    // Keys belong to the page again.
    input.current?.blur();
    void navigate(to);
  }

  return (
    <Select
      ref={input}
      data-jump-box
      aria-label="Go to"
      placeholder="Go to page, run or tenant"
      leftSection={<IconSearch size={16} />}
      rightSection={null}
      rightSectionWidth={0}
      size="xs"
      w={{ base: 92, sm: 232 }}
      searchable
      selectFirstOptionOnChange
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(chosen) => {
        const jump = jumps.find(({ key }) => key === chosen);
        if (jump) go(jump);
      }}
      data={
        jumps.length === 0
          ? [{ value: "", label: isSearching ? "Searching" : nothingIsCalled(typed.trim()), disabled: true }]
          : groups.map((group) => ({
              group,
              items: jumps.filter((jump) => jump.group === group).map(({ key, label }) => ({ value: key, label })),
            }))
      }
      // What fits has been found already.
      filter={({ options }) => options}
      comboboxProps={{ width: 280, position: "bottom-end", withinPortal: false }}
    />
  );
}

function nothingIsCalled(name: string): string {
  return `No page or tenant is called “${name}”. Runs go by their number; findings are searched in a tenant.`;
}

function useTenants(search: string): { found: Named[]; isPending: boolean } {
  const isAsked = search.length > 1;
  const query = useQuery({
    ...api.queryOptions("get", "/api/v1/system/tenants", { params: { query: { limit: TENANTS_SHOWN, search } } }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
  });
  return { found: isAsked ? (query.data?.items ?? []) : [], isPending: isAsked && query.isFetching };
}
