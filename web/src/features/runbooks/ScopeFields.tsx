import { Radio, Stack, Text, Title } from "@mantine/core";
import { fieldMessage } from "../../api/problem";
import type { Runbook } from "../../api/schema";
import { ActionButton, actionOf } from "../../ui/ActionButton";
import { TenantPicker } from "../../ui/TenantPicker";
import type { usePreflight } from "./queries";
import { modesOf, SCOPE_WORDS } from "./scope";
import type { ScopeView } from "./use-scope";

interface Props {
  runbook: Runbook;
  view: ScopeView;
  forecast: ReturnType<typeof usePreflight>;
}

/** Asks over which tenants, and for the preflight. Choosing one tenant shows the search at once, with the focus in it. */
export function ScopeFields({ runbook, view, forecast }: Props) {
  const modes = modesOf(runbook);
  const offered = actionOf(runbook.actions, "preflight");
  const state =
    offered?.allowed && view.scope === null
      ? { ...offered, allowed: false, reason: "Choose a tenant first." }
      : offered;
  return (
    <Stack gap="sm" component="section" aria-label="Scope">
      <Title order={3}>Scope</Title>
      <Radio.Group
        aria-label="Scope"
        value={view.mode}
        onChange={(value) => {
          const mode = modes.find((candidate) => candidate === value);
          if (mode) view.choose(mode);
        }}
      >
        <Stack gap="xs">
          {modes.map((mode) => (
            <Radio key={mode} value={mode} label={SCOPE_WORDS[mode]} />
          ))}
        </Stack>
      </Radio.Group>
      {view.mode === "single_tenant" && (
        <TenantPicker
          label="Tenant"
          value={view.tenantId}
          onChange={view.pick}
          error={fieldMessage(forecast.problem, "/scope/tenant_id")}
          autoFocus={view.tenantId === undefined}
        />
      )}
      <ActionButton
        state={state}
        variant={forecast.preflight ? "default" : "filled"}
        loading={forecast.isPending}
        onClick={forecast.run}
      >
        {forecast.preflight ? "Run preflight again" : "Run preflight"}
      </ActionButton>
      <Text size="xs" c="dimmed">
        A preflight only reads. It counts what a start would change now.
      </Text>
    </Stack>
  );
}
