import { randomUUID } from "node:crypto";
import pg from "pg";

/** The PostgreSQL of this run; `with-postgres` starts one and sets the variable. */
const SERVER = process.env.TEST_DATABASE_URL ?? "";

/** A database of which those of the tests are copies. */
export const TEMPLATE = "e2e_template";

/** Address of another database of the same server. */
export function urlOf(database: string): string {
  if (!SERVER) throw new Error("TEST_DATABASE_URL is not set: run the tests with `make test` or `make e2e`.");
  return SERVER.replace(/^(\w+:\/\/[^/?]*)\/[^?]*/, `$1/${database}`);
}

/** An open connection; the caller ends it. */
export async function connect(url: string): Promise<pg.Client> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const client = new pg.Client({
    host: searchParams.get("host") ?? hostname,
    port: Number(searchParams.get("port") ?? port) || 5432,
    user: searchParams.get("user") ?? decodeURIComponent(username),
    password: decodeURIComponent(password) || undefined,
    database: decodeURIComponent(pathname.slice(1)),
  });
  await client.connect();
  return client;
}

/** Runs statements that cannot be in a transaction, on the server's own database. */
export async function onServer(...statements: string[]): Promise<void> {
  const client = await connect(SERVER);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A copy of the template, and what drops it again. */
export async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `e2e_${randomUUID().replaceAll("-", "")}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  return { url: urlOf(name), drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
