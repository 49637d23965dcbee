import { Anchor, Button, Code, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AuditActor, AuditEvent } from "../api/schema";
import classes from "./EventList.module.css";
import { factsOf, typedBy } from "./event-facts";
import { Metadata } from "./Metadata";
import { StateBadge } from "./StateBadge";
import type { State } from "./states";
import { Time } from "./Time";

interface Props {
  label: string;
  events: AuditEvent[];
  /** The event whose facts are open, and how another one is opened. */
  openId: number | undefined;
  onOpen: (id: number | undefined) => void;
  /** How an actor is shown; their name unless said otherwise. */
  actor?: (actor: AuditActor) => ReactNode;
  /** Kind of target that all events have, as in the history of one: it is not named again. */
  known?: string;
}

const OUTCOMES: Record<string, { state: State; label: string }> = {
  success: { state: "succeeded", label: "Done" },
  blocked: { state: "blocked", label: "Blocked" },
  failed: { state: "failed", label: "Failed" },
  deduplicated: { state: "ok", label: "Met an active one" },
};

/** Audit events as sentences: what happened, who did it, to what, why and when; further facts on demand. */
export function EventList({ label, events, openId, onOpen, actor = (who) => who.label, known = "" }: Props) {
  return (
    <ol className={classes.events} aria-label={label}>
      {events.map((event) => (
        <Event key={event.id} event={event} isOpen={event.id === openId} onOpen={onOpen} actor={actor} known={known} />
      ))}
    </ol>
  );
}

interface EventProps extends Required<Pick<Props, "onOpen" | "actor" | "known">> {
  event: AuditEvent;
  isOpen: boolean;
}

function Event({ event, isOpen, onOpen, actor, known }: EventProps) {
  const factsId = `event-${event.id}`;
  const outcome = OUTCOMES[event.outcome];
  const facts: Record<string, unknown> = event.metadata;
  const typed = typedBy(event);
  const reason = typeof facts.reason_text === "string" ? facts.reason_text : null;
  return (
    <li>
      <Text component="div" size="sm" c="dimmed" className={classes.when}>
        <Time value={event.recorded_at} />
      </Text>
      <div className={classes.what}>
        <Text fw={500}>{event.summary || event.label}</Text>
        {reason && <Text size="sm">Reason: {reason}</Text>}
        <Text component="div" size="sm" c="dimmed">
          {event.label} by {actor(event.actor)}
          {typed && `, typed on the command line by ${typed}`}
          {event.target?.type !== known && <Target event={event} />}
        </Text>
      </div>
      <div className={classes.outcome}>
        {outcome ? <StateBadge state={outcome.state} label={outcome.label} /> : event.outcome}
      </div>
      <Button
        className={classes.more}
        variant="default"
        size="compact-sm"
        aria-expanded={isOpen}
        aria-controls={isOpen ? factsId : undefined}
        aria-label={`Details of ${event.label}, event ${event.id}`}
        onClick={() => onOpen(isOpen ? undefined : event.id)}
      >
        {isOpen ? "Less" : "Details"}
      </Button>
      {isOpen && <Facts id={factsId} event={event} />}
    </li>
  );
}

/** What it was done to, with a link where there is a page of it. */
function Target({ event: { target, run_id } }: { event: AuditEvent }) {
  const runId = run_id ?? (target?.type === "run" ? Number(target.id) : null);
  if (runId) {
    return (
      <>
        {" · "}
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link to="/system/ops/runs/$runId" params={{ runId: String(runId) }} {...props} />}
        >
          Run {runId}
        </Anchor>
      </>
    );
  }
  const control = target?.type === "control" ? target.id : null;
  if (target && control) {
    return (
      <>
        {" · "}
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link to="/system/ops/controls" search={{ control, dialog: "history" }} {...props} />}
        >
          {target.label}
        </Anchor>
      </>
    );
  }
  return target ? ` · ${target.label}` : "";
}

function Facts({ id, event }: { id: string; event: AuditEvent }) {
  return (
    <section id={id} className={classes.facts} aria-label={`Details of event ${event.id}`}>
      <Metadata value={factsOf(event)} />
      <Code>{event.action}</Code>
    </section>
  );
}
