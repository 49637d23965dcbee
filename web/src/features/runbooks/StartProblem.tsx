import { Anchor, Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ApiProblem } from "../../api/problem";
import { Until } from "../../ui/DecisionSentence";
import { Notice } from "../../ui/Notice";
import { ProblemState } from "../../ui/ProblemState";
import { PausedBy } from "./PausedBy";
import { pauseOf } from "./pause";

/** Fields that show their own messages. */
const FIELDS = ["/typed_confirmation", "/reason", "/reason/code", "/reason/text"];

interface Props {
  problem: ApiProblem | null;
  /** Runs the preflight again. */
  onAgain: () => void;
}

/** Why nothing was started, where no field says it already. */
export function StartProblem({ problem, onAgain }: Props) {
  // The dialog of the session speaks for itself, and figures that are new are shown above.
  if (!problem || problem.status === 401 || problem.code === "preflight-stale") return null;
  if (problem.code === "operational-control-paused") return <Paused problem={problem} />;
  if (problem.code === "nothing-to-do") {
    return (
      <Notice title="Nothing to do" isUrgent>
        <Stack gap="xs" align="flex-start">
          <Text>{problem.detail}</Text>
          <Button variant="default" size="xs" onClick={onAgain}>
            Run preflight again
          </Button>
        </Stack>
      </Notice>
    );
  }
  const isAtFields = problem.errors?.length && problem.errors.every(({ pointer }) => FIELDS.includes(pointer));
  return isAtFields ? null : <ProblemState error={problem} />;
}

/** Who paused what, until when and why; distinct from what an operator may not do at all (CTL-06). */
function Paused({ problem }: { problem: ApiProblem }) {
  const pause = pauseOf(problem);
  return (
    <Notice title={problem.title} isUrgent>
      <Stack gap="xs" align="flex-start">
        <Text style={{ overflowWrap: "anywhere" }}>
          {problem.detail}
          {pause && <PausedBy decision={pause} />}
        </Text>
        <Text>
          {pause?.expires_at ? (
            <>
              It is paused
              <Until value={pause.expires_at} />.{" "}
            </>
          ) : (
            "The pause has no end of its own. "
          )}
          What you typed is kept.
        </Text>
        <Anchor renderRoot={(props) => <Link to="/system/ops/controls" {...props} />}>Open controls</Anchor>
      </Stack>
    </Notice>
  );
}
