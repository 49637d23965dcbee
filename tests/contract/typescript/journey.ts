// The journey of an integrator with the types that the generator of the web page made of the API document, unchanged: sign in,
// forecast, meet a paused control, start, wait, find nothing left.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { paths, Scope } from "./schema.js";

const RUNBOOK = { params: { path: { key: "findings.lifecycle.backfill" } } };
const env = (name: string) => process.env[name] ?? assert.fail(name);
const client = createClient<paths>({ baseUrl: env("PRODUCT_URL") });

const credentials = { email: env("OPERATOR_EMAIL"), password: env("PASSWORD") };
const token = await client.POST("/api/v1/system/auth/token", { body: credentials });
assert.ok(token.data, "a token");
const authorization = `Bearer ${token.data.access_token}`;
client.use({ onRequest: ({ request }) => request.headers.set("authorization", authorization) });

async function preflight(scope: Scope) {
  const { data } = await client.POST("/api/v1/system/ops/runbooks/{key}/preflight", { ...RUNBOOK, body: { scope } });
  assert.ok(data, "a forecast");
  return data;
}

const tenant = (await preflight({ mode: "all_tenants" })).by_tenant[0];
assert.ok(tenant, "a tenant to repair");
const scope: Scope = { mode: "single_tenant", tenant_id: tenant.tenant_id };
const forecast = await preflight(scope);
assert.ok(forecast.affected_count > 0, "the demo has something to repair");

function start() {
  return client.POST("/api/v1/system/ops/runbooks/{key}/runs", {
    params: { ...RUNBOOK.params, header: { "Idempotency-Key": "typescript-journey" } },
    body: { preflight_id: forecast.id, scope, reason: { code: "DATA_REPAIR", text: "Rows of old versions" } },
  });
}

const reason_text = "The TypeScript client pauses it";
const paused = await client.POST("/api/v1/system/ops/controls/{key}/pause", { ...RUNBOOK, body: { scope_type: "global", reason_text } });
assert.equal(paused.response.status, 201);
const refusal = (await start()).error;
assert.ok(refusal?.code === "operational-control-paused" && refusal.reason_text === reason_text, JSON.stringify(refusal));
const resumed = await client.POST("/api/v1/system/ops/controls/{key}/resume", { ...RUNBOOK, body: { scope_type: "global" } });
assert.equal(resumed.data?.changed, true);

const [run, again] = [await start(), await start()];
assert.ok(run.data && again.data, JSON.stringify([run.error, again.error]));
assert.equal(again.data.id, run.data.id, "the same key is the same run");

async function ended(id: number) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const { data } = await client.GET("/api/v1/system/ops/runs/{id}", { params: { path: { id } } });
    if (data?.status === "completed") return data;
    await sleep(200);
  }
  return assert.fail("the run does not end");
}

const end = await ended(run.data.id);
assert.deepEqual([end.outcome, end.summary_counts.updated], ["succeeded", forecast.affected_count]);
assert.equal((await preflight(scope)).affected_count, 0, "nothing is left");
console.log(`typescript client: the journey is done, run ${run.data.id}`);
