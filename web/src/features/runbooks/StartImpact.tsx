import { List, Stack, Text } from "@mantine/core";
import type { Preflight } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { Notice } from "../../ui/Notice";
import classes from "../../ui/preflight/Differences.module.css";
import { headline } from "../../ui/preflight/headline";
import { ExcludedWorkspaces } from "./ExcludedWorkspaces";
import { differences } from "./figures";
import type { Outdated } from "./StartForm";
import { reachOf, SCOPE_WORDS } from "./scope";

interface Props {
  preflight: Preflight;
  outdated: Outdated | null;
}

/** Scope, impact, and what cannot be undone, once more before the start (WEB-02). */
export function StartImpact({ preflight, outdated }: Props) {
  const { duplicates_closed: closed, duplicates_merged: merged } = preflight.by_change;
  return (
    <Stack gap="sm">
      {outdated && <FreshFigures preflight={preflight} outdated={outdated} />}
      <Stack gap={0}>
        <Text>
          {SCOPE_WORDS[preflight.scope.mode]}: {reachOf(preflight)}
        </Text>
        <Text fw={600} fz="lg">
          {headline(preflight)}
        </Text>
        <Text c="dimmed">{plural(preflight.overdue_after, "finding is", "findings are")} overdue afterwards.</Text>
      </Stack>
      <ExcludedWorkspaces excluded={preflight.excluded} />
      <div>
        <Text fw={600}>What cannot be undone</Text>
        <List size="md">
          <List.Item>Nothing puts the old values back. Cancelling the run stops only what is not done yet.</List.Item>
          {closed > 0 && (
            <List.Item>
              {plural(closed, "duplicate is", "duplicates are")} closed and folded into{" "}
              {plural(merged, "other finding")}.
            </List.Item>
          )}
        </List>
      </div>
    </Stack>
  );
}

/** The fresh figures beside those that were confirmed (RB-06). */
function FreshFigures({ preflight, outdated }: { preflight: Preflight; outdated: Outdated }) {
  const changed = differences(outdated.before, preflight);
  return (
    <Notice title="Nothing was started: the figures are new" isUrgent>
      <Stack gap="xs">
        <Text>{outdated.why} Look at the figures of now, then confirm again.</Text>
        {changed.length === 0 && <Text>They are the same as before.</Text>}
        {changed.length > 0 && (
          <table className={classes.diff}>
            <caption>What is different</caption>
            <thead>
              <tr>
                <th scope="col">Figure</th>
                <th scope="col">Before</th>
                <th scope="col">Now</th>
              </tr>
            </thead>
            <tbody>
              {changed.map((figure) => (
                <tr key={figure.label}>
                  <th scope="row">{figure.label}</th>
                  <td>
                    <del>{count(figure.before)}</del>
                  </td>
                  <td>
                    <ins>{count(figure.after)}</ins>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Stack>
    </Notice>
  );
}
