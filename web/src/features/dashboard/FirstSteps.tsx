import { Anchor, CloseButton, Group, List, Paper, Text, ThemeIcon, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconCheck, IconCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../../api/client";
import { useOperator } from "../../api/me";

interface Step {
  label: string;
  isDone: boolean;
  link: (props: Record<string, unknown>) => ReactNode;
}

/** The first things to do in a new installation, until they are done or put away; only those that the operator may do. */
export function FirstSteps() {
  const { steps, isKnown } = useSteps();
  const [isPutAway, putAway] = useLocalStorage({ key: "tenantatlas-first-steps-closed", defaultValue: false });
  if (isPutAway || !isKnown || steps.every(({ isDone }) => isDone)) return null;
  return (
    <Paper withBorder p="md" mb="lg" component="section" aria-labelledby="first-steps">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Title order={2} id="first-steps" mb="xs">
          First steps
        </Title>
        <CloseButton aria-label="Close first steps" onClick={() => putAway(true)} />
      </Group>
      <List spacing={6} listStyleType="none">
        {steps.map(({ label, isDone, link }) => (
          <List.Item key={label} icon={<Mark isDone={isDone} />}>
            {isDone ? (
              <Text span c="dimmed">
                {label}, done
              </Text>
            ) : (
              <Anchor inherit renderRoot={link}>
                {label}
              </Anchor>
            )}
          </List.Item>
        ))}
      </List>
    </Paper>
  );
}

function Mark({ isDone }: { isDone: boolean }) {
  return (
    <ThemeIcon size={20} radius="xl" variant="default" color={isDone ? "teal" : "gray"} aria-hidden>
      {isDone ? <IconCheck size={14} /> : <IconCircle size={14} />}
    </ThemeIcon>
  );
}

/** The steps that the operator's capabilities allow, and whether all of them are known to be done or not. */
function useSteps(): { steps: Step[]; isKnown: boolean } {
  const { capabilities } = useOperator();
  const may = (capability: string) => capabilities.includes(capability);
  const asking = (capability: string) => ({ retry: false, enabled: may(capability), staleTime: 60_000 });
  const runbooks = useQuery(
    api.queryOptions("get", "/api/v1/system/ops/runbooks", undefined, asking("platform.runbooks.view")),
  );
  const rules = useQuery(
    api.queryOptions("get", "/api/v1/system/alerts/rules", undefined, asking("platform.alerts.manage")),
  );
  const tokens = useQuery(
    api.queryOptions("get", "/api/v1/system/auth/api-tokens", undefined, asking("platform.access_system_panel")),
  );
  const steps: Step[] = [];
  if (runbooks.data && may("platform.runbooks.run")) {
    steps.push({
      label: "Run a preflight and start a repair",
      isDone: runbooks.data.items.some((runbook) => runbook.last_run || runbook.active_run),
      link: (props) => <Link to="/system/ops/runbooks" {...props} />,
    });
  }
  if (rules.data) {
    steps.push({
      label: "Add an alert rule",
      isDone: rules.data.items.length > 0,
      link: (props) => <Link to="/system/settings/alerts/rules" {...props} />,
    });
  }
  if (tokens.data) {
    steps.push({
      label: "Create an API token for a program",
      isDone: tokens.data.items.length > 0,
      link: (props) => <Link to="/system/settings/tokens" {...props} />,
    });
  }
  const isKnown = [runbooks, rules, tokens].every((query) => !query.isLoading);
  return { steps, isKnown };
}
