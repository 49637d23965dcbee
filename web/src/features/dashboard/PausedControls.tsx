import { Anchor, Paper, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { PausedControl } from "../../api/schema";
import { DecisionSentence } from "../../ui/DecisionSentence";
import classes from "./dashboard.module.css";

/** What is paused now and why, each with the way to its control. */
export function PausedControls({ decisions }: { decisions: PausedControl[] }) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="paused">
      <Title order={2} id="paused" mb="xs">
        Paused controls
      </Title>
      {decisions.length === 0 ? (
        <Text>No control is paused.</Text>
      ) : (
        <ul className={classes.plain}>
          {decisions.map((decision) => (
            <li key={decision.source_activation_id ?? `${decision.control_key} ${decision.workspace_id ?? ""}`}>
              <Anchor
                underline="always"
                renderRoot={(props) => (
                  <Link
                    to="/system/ops/controls"
                    search={{ control: decision.control_key, dialog: "history" }}
                    {...props}
                  />
                )}
              >
                {decision.label}
              </Anchor>{" "}
              <DecisionSentence decision={decision} workspaceName={decision.workspace_name ?? undefined} />
            </li>
          ))}
        </ul>
      )}
    </Paper>
  );
}
