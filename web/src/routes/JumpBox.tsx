import { Autocomplete } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

const PAGES: Record<string, string> = {
  Dashboard: "/system/dashboard",
  Runbooks: "/system/ops/runbooks",
  Runs: "/system/ops/runs",
  Controls: "/system/ops/controls",
  Audit: "/system/audit",
  "API tokens": "/system/settings/tokens",
  Sessions: "/system/settings/sessions",
};

/** Goes to a page by its name or to a run by its number. */
export function JumpBox() {
  const navigate = useNavigate();
  const [value, setValue] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const runId = /^(?:run\s*)?#?(\d{1,15})$/i.exec(value.trim())?.[1];
  const options = runId ? [`Run ${runId}`] : Object.keys(PAGES);

  function go(option: string) {
    setValue("");
    // Keys belong to the page again.
    input.current?.blur();
    const page = PAGES[option];
    if (page) void navigate({ to: page });
    else if (runId) void navigate({ to: "/system/ops/runs/$runId", params: { runId } });
  }

  return (
    <Autocomplete
      ref={input}
      data-jump-box
      aria-label="Search pages, or a run by its number"
      placeholder="Search"
      leftSection={<IconSearch size={16} />}
      size="xs"
      w={{ base: 92, sm: 200 }}
      value={value}
      onChange={setValue}
      data={options}
      // "#12" finds "Run 12", which does not contain it.
      filter={runId ? ({ options }) => options : undefined}
      onOptionSubmit={go}
      selectFirstOptionOnChange
      comboboxProps={{ width: 220, position: "bottom-end" }}
    />
  );
}
