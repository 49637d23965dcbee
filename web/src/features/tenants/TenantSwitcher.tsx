import { Button, Combobox, ScrollArea, Text, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSelector } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { tenantQuery } from "../../api/tenant";
import { ROLE_WORDS, tenantsQuery } from "./queries";
import { samePageOf } from "./same-page";
import classes from "./tenants.module.css";

/** As many as fit without turning into a list to read; the search finds the others. */
const SHOWN = 20;

/** Says which tenant the pages are about, and leads to the same page of another one. */
export function TenantSwitcher({ tenantId }: { tenantId: number | undefined }) {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), 200);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const box = useCombobox({
    onDropdownOpen: () => box.focusSearchInput(),
    onDropdownClose: () => {
      box.resetSelectedOption();
      box.focusTarget();
      setSearch("");
    },
  });
  const current = useQuery({ ...tenantQuery(tenantId ?? 0), enabled: tenantId !== undefined, retry: false });
  const found = useQuery({
    ...tenantsQuery({ search: asked || undefined }, SHOWN),
    enabled: box.dropdownOpened,
    placeholderData: keepPreviousData,
  });
  const name = (tenantId !== undefined && current.data?.name) || "Choose a tenant";

  function go(id: string) {
    box.closeDropdown();
    void navigate({ to: samePageOf(pathname, id) });
  }

  return (
    <Combobox store={box} width={320} withinPortal={false} position="bottom-start" onOptionSubmit={go}>
      <Combobox.Target targetType="button">
        <Button
          data-jump-box
          variant="default"
          size="xs"
          className={classes.switcher}
          rightSection={<IconSelector size={14} />}
          aria-label={`Tenant: ${name}`}
          onClick={() => box.toggleDropdown()}
        >
          <Text span inherit truncate>
            {name}
          </Text>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            box.resetSelectedOption();
          }}
          placeholder="Search by name"
          aria-label="Search your tenants"
        />
        <Combobox.Options aria-label="Your tenants">
          <ScrollArea.Autosize mah={320} type="auto">
            {found.data?.items.map((tenant) => (
              <Combobox.Option key={tenant.id} value={String(tenant.id)} active={tenant.id === tenantId}>
                <Text fw={tenant.id === tenantId ? 600 : 400}>{tenant.name}</Text>
                <Text size="xs" c="dimmed">
                  {tenant.workspace.name} · {ROLE_WORDS[tenant.role]}
                </Text>
              </Combobox.Option>
            ))}
            {found.data?.items.length === 0 && <Combobox.Empty>No tenant of yours has that name</Combobox.Empty>}
            {found.isPending && <Combobox.Empty>Searching</Combobox.Empty>}
            {found.isError && <Combobox.Empty>The tenants could not be read</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
        {found.data?.next_cursor && <Combobox.Footer>More than these: type part of the name.</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  );
}
