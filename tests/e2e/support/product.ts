import type { APIRequestContext, Page } from "@playwright/test";
import type pg from "pg";
import { run, type Server, serve } from "./binary.ts";
import { connect, createDatabase } from "./database.ts";
import { OPERATOR, type Operator } from "./operators.ts";
import { TENANTS, type User } from "./users.ts";

/** The API's base of the system plane. */
export const SYSTEM = "/api/v1/system";
/** The API's base of the tenant plane. */
export const ADMIN = "/api/v1/admin";
/** Key of the runbook that every version has. */
export const RUNBOOK = "findings.lifecycle.backfill";

/** One server with its worker over a database of its own. */
export class Product {
  private constructor(
    readonly url: string,
    private readonly database: string,
    private readonly sql: pg.Client,
    private readonly drop: () => Promise<void>,
    private server: Server | null,
  ) {}

  /** Starts it over a copy of the template. */
  static async start(): Promise<Product> {
    const { url, drop } = await createDatabase();
    const server = await serve(url);
    return new Product(server.url, url, await connect(url), drop, server);
  }

  /** Stops everything and forgets the database. */
  async end(): Promise<void> {
    await this.stopServer();
    await this.sql.end();
    await this.drop();
  }

  /** Stops the server; the database stays. */
  async stopServer(): Promise<void> {
    await this.server?.stop();
    this.server = null;
  }

  /** Starts the server again under the same address. */
  async startServer(): Promise<void> {
    this.server = await serve(this.database, Number(new URL(this.url).port));
  }

  /** Rows of a statement. */
  async query<Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.sql.query<Row>(statement, values)).rows;
  }

  /** Runs a command of the product over the same database. */
  async cli(...args: string[]): Promise<string> {
    return run(this.database, args);
  }

  /** The tenants that may be targeted, in the order in which users are members of them. */
  async tenants(): Promise<{ id: number; name: string }[]> {
    const rows = await this.query<{ id: string; name: string }>(TENANTS);
    return rows.map(({ id, name }) => ({ id: Number(id), name }));
  }

  /** Adds tenants with findings of an older version, for runs that take a while. */
  async seed(tenants: number, findings: number): Promise<void> {
    await this.cli("demo", "seed", "--force", "--seed", "7", "--tenants", `${tenants}`, "--findings", `${findings}`);
  }

  /** Makes workers slow: each change of a finding takes so long, until it is called with 0. */
  async slowDown(milliseconds: number): Promise<void> {
    await this.query(`DROP TRIGGER IF EXISTS e2e_slow ON findings`);
    await this.query(`CREATE OR REPLACE FUNCTION e2e_slow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(${milliseconds / 1000}); RETURN NULL; END $$`);
    if (milliseconds > 0) {
      await this.query(`CREATE TRIGGER e2e_slow AFTER UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION e2e_slow()`);
    }
  }
}

/** Signs the page's browser in without the form, as a cookie does. */
export async function signIn(page: Page, product: Product, person: Operator | User = OPERATOR): Promise<void> {
  const { email, password } = person;
  const base = baseOf(person);
  const answer = await page.request.post(`${product.url}${base}/auth/login`, {
    data: { email, password },
    headers: { Origin: product.url },
  });
  if (!answer.ok()) throw new Error(`${email} could not sign in: ${await answer.text()}`);
}

function baseOf(person: Operator | User): string {
  return person.plane === "tenant" ? ADMIN : SYSTEM;
}

/** Calls of the API beside the page, as somebody else would make them. */
export class Caller {
  constructor(
    private readonly request: APIRequestContext,
    private readonly product: Product,
    private readonly base: string,
    private readonly token: string,
  ) {}

  /** Signs in for a token of the person's plane. */
  static async of(request: APIRequestContext, product: Product, person: Operator | User = OPERATOR): Promise<Caller> {
    const { email, password } = person;
    const base = baseOf(person);
    const answer = await request.post(`${product.url}${base}/auth/token`, { data: { email, password } });
    return new Caller(request, product, base, (await answer.json()).access_token);
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of the API, read field by field
  async get(path: string): Promise<any> {
    return this.answer(await this.request.get(this.address(path), { headers: this.headers() }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of the API, read field by field
  async post(path: string, data: unknown = {}): Promise<any> {
    return this.answer(await this.request.post(this.address(path), { data, headers: this.headers() }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of the API, read field by field
  async patch(path: string, data: unknown): Promise<any> {
    return this.answer(await this.request.patch(this.address(path), { data, headers: this.headers() }));
  }

  /** Pauses a control globally. */
  async pause(control: string, reason: string): Promise<void> {
    await this.post(`/ops/controls/${control}/pause`, { scope_type: "global", reason_text: reason });
  }

  /** Starts the backfill over all tenants and gives the run's number. */
  async startRun(): Promise<number> {
    const scope = { mode: "all_tenants" };
    const preflight = await this.post(`/ops/runbooks/${RUNBOOK}/preflight`, { scope });
    const run = await this.post(`/ops/runbooks/${RUNBOOK}/runs`, {
      preflight_id: preflight.id,
      scope,
      typed_confirmation: "BACKFILL",
      reason: { code: "DATA_REPAIR", text: "Rows of an older version" },
    });
    return run.id;
  }

  /** Starts the backfill and waits until its run has ended. */
  async completedRun(): Promise<number> {
    return this.completed(await this.startRun());
  }

  /** Waits until a run has ended, and gives its number. */
  async completed(id: number): Promise<number> {
    // The stream ends with the run, or after half a minute; the state says which.
    for (
      let run = await this.get(`/ops/runs/${id}`);
      run.status !== "completed";
      run = await this.get(`/ops/runs/${id}`)
    ) {
      await this.request.get(this.address(`/ops/runs/${id}/events`), { headers: this.headers(), timeout: 45_000 });
    }
    return id;
  }

  private address(path: string): string {
    return `${this.product.url}${this.base}${path}`;
  }

  private headers(): Record<string, string> {
    // A connection that is kept may be closed by the server in the very moment that it is used again.
    return { Authorization: `Bearer ${this.token}`, Connection: "close" };
  }

  private async answer(answer: import("@playwright/test").APIResponse) {
    if (!answer.ok()) throw new Error(`${answer.url()}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  }
}
