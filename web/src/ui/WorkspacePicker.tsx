import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { PICKER_LIMIT, type PickerProps, RemotePicker } from "./RemotePicker";

/** Finds one workspace by its name. */
export function WorkspacePicker(props: PickerProps) {
  return (
    <RemotePicker
      {...props}
      noun="Workspace"
      placeholder="Search by name"
      nothingFound="No workspace of that name"
      useFound={useWorkspaces}
    />
  );
}

function useWorkspaces(search: string | undefined) {
  return useQuery({
    ...api.queryOptions("get", "/api/v1/system/workspaces", { params: { query: { limit: PICKER_LIMIT, search } } }),
    placeholderData: keepPreviousData,
    select: ({ items }) => items.map((workspace) => ({ value: String(workspace.id), label: workspace.name })),
  });
}
