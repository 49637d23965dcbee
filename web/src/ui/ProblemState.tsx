import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconLock, IconMapPinOff, IconPlugConnectedX } from "@tabler/icons-react";
import { planeOf } from "../api/plane";
import { type ApiProblem, asProblem, isUnreachable } from "../api/problem";

interface Props {
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, that nothing was changed, what to do, and the request's id; forbidden and not found look their own. */
export function ProblemState({ error, onRetry }: Props) {
  const problem = asProblem(error);
  const look = lookOf(problem);
  return (
    <Alert variant="default" role="alert" icon={<look.icon />} title={look.title} maw={720}>
      <Stack gap="xs" align="flex-start">
        <Text size="md">{problem.detail || problem.title}</Text>
        {look.advice && <Text size="md">{look.advice}</Text>}
        <FieldErrors problem={problem} />
        <Group gap="sm">
          {onRetry && (
            <Button variant="default" size="xs" onClick={onRetry}>
              Try again
            </Button>
          )}
          {problem.request_id && (
            <Text size="xs" c="dimmed">
              Request <Code>{problem.request_id}</Code>
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** The fields that were refused, where no form shows them. */
function FieldErrors({ problem }: { problem: ApiProblem }) {
  if (!problem.errors?.length) return null;
  return (
    <ul style={{ margin: 0, paddingInlineStart: 20 }}>
      {problem.errors.map((error) => (
        <li key={`${error.pointer} ${error.code}`}>
          {error.pointer && <Code>{error.pointer}</Code>} {error.message}
        </li>
      ))}
    </ul>
  );
}

const FORBIDDEN_ADVICE = {
  system: "Ask whoever administers operators for the capability. Your capabilities are in the account menu.",
  tenant: "Ask an owner of the tenant for a role that holds the capability. Yours is on the dashboard.",
};

function lookOf(problem: ApiProblem) {
  if (problem.status === 403) {
    return {
      icon: IconLock,
      title: "You may not see this",
      advice: FORBIDDEN_ADVICE[planeOf(problem.instance)],
    };
  }
  if (problem.status === 404) return { icon: IconMapPinOff, title: "Not found", advice: null };
  if (isUnreachable(problem)) return { icon: IconPlugConnectedX, title: problem.title, advice: null };
  return { icon: IconAlertTriangle, title: problem.title, advice: null };
}
