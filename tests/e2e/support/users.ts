import { run } from "./binary.ts";
import { connect } from "./database.ts";
import type { Person } from "./operators.ts";

/** Somebody of a customer. */
export interface User extends Person {
  plane: "tenant";
}

/** Role in a tenant. */
type Role = "owner" | "manager" | "operator" | "readonly";

/** Owns the first tenant and belongs to no other; every database has these users. */
export const OWNER: User = user("otto", "Otto Owner");
/** Manages the first three tenants. */
export const MANAGER: User = user("mina", "Mina Manager");
/** May only look at the first tenant. */
export const READER: User = user("rita", "Rita Reader");
/** Owns the fifth tenant, and is nothing in the first. */
export const STRANGER: User = user("sven", "Sven Stranger");
/** Belongs to a workspace and to none of its tenants. */
export const NEWCOMER: User = user("nora", "Nora Newcomer");

const MEMBERS: [User, Role, number[]][] = [
  [OWNER, "owner", [0]],
  [MANAGER, "manager", [0, 1, 2]],
  [READER, "readonly", [0]],
  [STRANGER, "owner", [4]],
  [NEWCOMER, "owner", []],
];

/** The tenants that users are members of, in this order: those with most findings come first, since some have none. */
export const TENANTS = `SELECT id, name FROM allowed_tenants tenant
  ORDER BY (SELECT count(*) FROM findings WHERE tenant_id = tenant.id) DESC, id`;

/** Makes the users, and members of the tenants of the database. */
export async function createUsers(database: string): Promise<void> {
  const sql = await connect(database);
  const { rows: tenants } = await sql.query<{ id: string }>(TENANTS).finally(() => sql.end());
  for (const [{ email, name, password }, role, places] of MEMBERS) {
    await run(database, ["user", "create", "--email", email, "--name", name, "--password-stdin"], password);
    for (const place of places) {
      await run(database, ["membership", "set", "--user", email, "--tenant", `${tenants[place]?.id}`, "--role", role]);
    }
  }
  await run(database, ["membership", "set", "--user", NEWCOMER.email, "--workspace", "default"]);
}

function user(word: string, name: string): User {
  return { email: `${word}@e2e.example`, name, password: `correct horse ${word}`, plane: "tenant" };
}
