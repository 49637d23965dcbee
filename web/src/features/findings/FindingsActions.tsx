import { Stack, Text } from "@mantine/core";
import type { TenantAction } from "../../api/schema";
import { useTenant } from "../../api/tenant";
import { ActionButton } from "../../ui/ActionButton";
import { DecisionSentence } from "../../ui/DecisionSentence";

/** What can be done with the findings of a tenant as a whole; who may not reads why, who is stopped by a pause that. */
export function FindingsActions({ onBackfill }: { onBackfill: () => void }) {
  const tenant = useTenant();
  const backfill = tenant.actions.find(({ action }) => action === "findings.backfill");
  const paused = backfill?.control?.effective_state === "paused" ? backfill.control : null;
  return (
    <>
      <Stack gap={2} align="flex-start">
        <ActionButton variant="default" state={openable(backfill)} onClick={onBackfill}>
          Backfill findings lifecycle…
        </ActionButton>
        {paused && (
          <Text size="xs" c="dimmed" maw={260} component="div">
            <DecisionSentence decision={paused} workspaceName={tenant.workspace.name} />
          </Text>
        )}
      </Stack>
    </>
  );
}

/** A pause stops a start and not the look at what one would change, so the dialog opens all the same. */
function openable(backfill: TenantAction | undefined): TenantAction | undefined {
  return backfill?.control ? { ...backfill, allowed: true } : backfill;
}
