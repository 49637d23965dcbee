import type { AuditEvent } from "../api/schema";

/** An event with metadata of whatever keys. */
type WithFacts = Omit<AuditEvent, "metadata"> & { metadata: Record<string, unknown> };

/** Names a system user within a sentence. */
export function systemUser({ user, host }: { user: string; host: string }): string {
  return `${user} on ${host}`;
}

/** Names the system user who typed what was done for somebody else; null where nobody did, or where they are the actor themselves. */
export function typedBy({ actor, command_line }: Pick<AuditEvent, "actor" | "command_line">): string | null {
  return command_line && actor.type !== "cli" ? systemUser(command_line) : null;
}

/** Lists all facts of an event beside its sentence, by name. */
export function factsOf(event: WithFacts): Record<string, unknown> {
  const { command_line: _shown, ...facts } = event.metadata;
  return {
    event: event.id,
    actor: [event.actor.type, event.actor.id].filter(Boolean).join(" "),
    ...(event.command_line ? { typed_by: systemUser(event.command_line) } : {}),
    ...(event.target ? { target: [event.target.type, event.target.id].filter(Boolean).join(" ") } : {}),
    ...(event.workspace_id ? { workspace: event.workspace_id } : {}),
    ...(event.tenant_id ? { tenant: event.tenant_id } : {}),
    ...(event.ip ? { address: event.ip } : {}),
    ...(event.user_agent ? { user_agent: event.user_agent } : {}),
    ...facts,
  };
}
