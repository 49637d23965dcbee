import { run } from "./binary.ts";

/** Somebody who can sign in. */
export interface Person {
  email: string;
  name: string;
  password: string;
}

/** Somebody who works on the whole installation. */
export interface Operator extends Person {
  plane?: "system";
}

/** Who may do everything; every database has them. */
export const OPERATOR: Operator = { email: "olga@e2e.example", name: "Olga Operator", password: "correct horse 1" };

/** May enter and see runs, and nothing more; every database has them. */
export const VIEWER: Operator = { email: "viktor@e2e.example", name: "Viktor Viewer", password: "correct horse 2" };

const ALL = [
  "platform.access_system_panel",
  "platform.console.view",
  "platform.ops.view",
  "platform.runbooks.view",
  "platform.runbooks.run",
  "platform.runbooks.findings.lifecycle_backfill",
  "platform.ops.controls.manage",
  "platform.audit.view",
];

/** Makes an operator by the command line. */
export async function createOperator(database: string, operator: Operator, capabilities = ALL): Promise<void> {
  const granted = capabilities.flatMap((capability) => ["--capability", capability]);
  const args = [
    "operator",
    "create",
    "--email",
    operator.email,
    "--name",
    operator.name,
    "--password-stdin",
    ...granted,
  ];
  await run(database, args, operator.password);
}
