import { run } from "./binary.ts";
import { onServer, TEMPLATE, urlOf } from "./database.ts";
import { createOperator, OPERATOR, VIEWER } from "./operators.ts";
import { createUsers } from "./users.ts";

/** Makes the database that every test copies: operators, users, and 6 tenants with 600 findings of an older version. */
export default async function template(): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`, `CREATE DATABASE ${TEMPLATE}`);
  const url = urlOf(TEMPLATE);
  await run(url, ["migrate"]);
  await run(url, ["demo", "seed", "--tenants", "6", "--findings", "600"]);
  await createOperator(url, OPERATOR);
  await createOperator(url, VIEWER, ["platform.access_system_panel", "platform.ops.view"]);
  await createUsers(url);
}
