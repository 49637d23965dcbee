import { Button, Group, List, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { showable } from "../../api/problem";
import type { MyTenantDetail, Preflight, TenantAction } from "../../api/schema";
import { useTenant } from "../../api/tenant";
import { plural } from "../../lib/format";
import { ActionButton } from "../../ui/ActionButton";
import { DecisionSentence } from "../../ui/DecisionSentence";
import { EmptyState } from "../../ui/EmptyState";
import { Notice } from "../../ui/Notice";
import { ProblemState } from "../../ui/ProblemState";
import { BarTable } from "../../ui/preflight/BarTable";
import { changesOf } from "../../ui/preflight/changes";
import { headline } from "../../ui/preflight/headline";
import { Samples } from "../../ui/preflight/Samples";
import { QueryState } from "../../ui/QueryState";
import { useSending } from "../../ui/use-sending";
import { preflightQuery, useBackfill } from "./use-backfill";

interface Props {
  isOpen: boolean;
  onClose: () => void;
}

/** Shows what the backfill would change in the tenant, and starts it. While a request is on its way it stays open. */
export function BackfillDialog({ isOpen, onClose }: Props) {
  const isPhone = useMediaQuery("(max-width: 30em)", false, { getInitialValueInEffect: false });
  const [isSending, setSending] = useState(false);
  return (
    <Modal
      opened={isOpen}
      onClose={() => !isSending && onClose()}
      title="Backfill findings lifecycle"
      size="xl"
      fullScreen={isPhone}
    >
      <Backfill onSending={setSending} onClose={onClose} />
    </Modal>
  );
}

interface BackfillProps {
  onSending: (isSending: boolean) => void;
  onClose: () => void;
}

function Backfill({ onSending, onClose }: BackfillProps) {
  const tenant = useTenant();
  const preflight = useQuery(preflightQuery(tenant.id));
  const { send, isPending, problem } = useBackfill(tenant, onClose);
  useSending(isPending, onSending);
  const action = tenant.actions.find(({ action }) => action === "findings.backfill");
  const shown = showable(problem, []);
  return (
    <Stack gap="md">
      <Text>
        Sets first seen, last seen and due dates, and merges duplicates. What people decided is kept: a decision on a
        duplicate goes over to the finding that it is merged into.
      </Text>
      {action?.control?.effective_state === "paused" && (
        <Notice title="Paused: nothing can be started now">
          <DecisionSentence decision={action.control} workspaceName={tenant.workspace.name} />. Nothing was or will be
          changed in tenant or provider.
        </Notice>
      )}
      <QueryState query={preflight} skeleton={<Skeleton height={320} />}>
        {(figures) => <Impact preflight={figures} />}
      </QueryState>
      <div aria-live="polite">{shown && <ProblemState error={shown} />}</div>
      <Group justify="flex-end" align="flex-start" gap="xs">
        <Button variant="default" disabled={isPending} onClick={onClose}>
          Back
        </Button>
        <ActionButton state={startState(action, preflight.data)} loading={isPending} onClick={send}>
          {verb(tenant)}
        </ActionButton>
      </Group>
    </Stack>
  );
}

function verb(tenant: MyTenantDetail): string {
  return `Start backfill of ${tenant.name}`;
}

/** Whether a start can be asked for: what the API says, and whether there is anything to start. */
function startState(action: TenantAction | undefined, preflight: Preflight | undefined): TenantAction | undefined {
  // Until when it is paused stands above, by the clock of the reader.
  if (action?.control?.effective_state === "paused") {
    return { ...action, allowed: false, reason: `Paused: ${action.control.reason_text}` };
  }
  if (!action?.allowed) return action;
  const no = (reason: string) => ({ ...action, allowed: false, reason });
  if (!preflight) return no("What would change is being counted.");
  return preflight.affected_count === 0 ? no("There is nothing to do.") : action;
}

/** What a start would change, and what cannot be undone (WEB-02). */
function Impact({ preflight }: { preflight: Preflight }) {
  const { affected_count, total_count, overdue_after, by_change } = preflight;
  if (affected_count === 0) {
    return (
      <EmptyState title="Nothing to do">
        {total_count === 0
          ? "The tenant has no findings."
          : `All ${plural(total_count, "finding")} of the tenant are as they should be.`}
      </EmptyState>
    );
  }
  return (
    <Stack gap="md">
      <div>
        <Text fw={600} fz="lg">
          {headline(preflight)}
        </Text>
        <Text c="dimmed">{plural(overdue_after, "finding is", "findings are")} overdue afterwards.</Text>
      </div>
      <BarTable
        caption="By change"
        heading="Change"
        note="A finding can count in several."
        rows={changesOf(by_change)}
      />
      <Samples preflight={preflight} order={3} />
      <div>
        <Text fw={600}>What cannot be undone</Text>
        <List size="md">
          <List.Item>Nothing puts the old values back.</List.Item>
          {by_change.duplicates_closed > 0 && (
            <List.Item>
              {plural(by_change.duplicates_closed, "duplicate is", "duplicates are")} closed and folded into other
              findings.
            </List.Item>
          )}
        </List>
      </div>
    </Stack>
  );
}
