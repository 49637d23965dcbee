import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { PICKER_LIMIT, type PickerProps, RemotePicker } from "./RemotePicker";

/** Finds one tenant by name or directory id among those that may be targeted. */
export function TenantPicker(props: PickerProps) {
  return (
    <RemotePicker
      {...props}
      noun="Tenant"
      placeholder="Search by name or directory id"
      nothingFound="No tenant of that name may be targeted"
      useFound={useTenants}
    />
  );
}

function useTenants(search: string | undefined) {
  return useQuery({
    ...api.queryOptions("get", "/api/v1/system/tenants", { params: { query: { limit: PICKER_LIMIT, search } } }),
    placeholderData: keepPreviousData,
    select: ({ items }) =>
      items.map((tenant) => ({ value: String(tenant.id), label: `${tenant.name} · ${tenant.workspace.name}` })),
  });
}
