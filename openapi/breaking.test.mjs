import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { breaks } from "./breaking.mjs";

const RELEASED = JSON.parse(readFileSync(new URL("released.json", import.meta.url), "utf8"));
const RUN = "/api/v1/system/ops/runs/{id}";
const START = "/api/v1/system/ops/runbooks/{key}/runs";
const RUNS = "/api/v1/system/ops/runs";

/** The breaks of the released document against itself with one change. */
function after(change) {
  const document = structuredClone(RELEASED);
  change(document);
  return breaks(RELEASED, document);
}

const operation = (document, path, method = "get") => document.paths[path][method];
const schema = (document, name) => document.components.schemas[name];

test("a document is compatible with itself", () => {
  assert.deepEqual(breaks(RELEASED, RELEASED), []);
});

test("what clients rely on cannot go", () => {
  const gone = [
    [(d) => delete d.paths[RUN], `GET ${RUN}: is gone`],
    [(d) => delete d.paths[START].post, `POST ${START}: is gone`],
    [(d) => delete operation(d, START, "post").responses["201"], `POST ${START}: does not answer 201 any more`],
    [(d) => delete operation(d, START, "post").responses["201"].headers.Location, `POST ${START} 201: has no header Location any more`],
    [(d) => operation(d, RUNS).parameters.shift(), `GET ${RUNS}: has no query parameter ${operation(RELEASED, RUNS).parameters[0].name} any more`],
    [(d) => delete schema(d, "Run").properties.stale, "Run: has no stale any more"],
  ];
  for (const [change, sentence] of gone) assert.ok(after(change).some((line) => line.includes(sentence)), `${sentence} in ${after(change)}`);
});

test("what is sent cannot be asked more of", () => {
  const more = [
    [(d) => schema(d, "StartRunBody").required.push("reason"), "needs reason"],
    [(d) => (schema(d, "SignInBody").properties.email.maxLength = 10), "has a lower maxLength"],
    [(d) => (schema(d, "ReasonCode").enum = ["DATA_REPAIR"]), "cannot be INCIDENT any more"],
    [(d) => (schema(d, "StartRunBody").properties.preflight_id.type = "string"), "cannot be integer any more"],
    [(d) => delete schema(d, "StartRunBody").properties.typed_confirmation, "has no typed_confirmation any more"],
    [(d) => (operation(d, RUNS).parameters[0].required = true), "needs the query parameter"],
    [(d) => operation(d, RUNS).parameters.push({ name: "page", in: "query", required: true }), "needs the new query parameter page"],
    [(d) => (operation(d, RUNS).security = [{ session: [] }]), "cannot be called with bearer any more"],
    [(d) => (operation(d, RUNS).operationId = "find_runs"), "is called find_runs instead of list_runs"],
  ];
  for (const [change, sentence] of more) assert.ok(after(change).some((line) => line.includes(sentence)), `${sentence} in ${after(change)}`);
});

test("what is received cannot be something else", () => {
  const other = [
    [(d) => (schema(d, "Run").properties.id.type = "string"), "can be string now"],
    [(d) => (schema(d, "Run").properties.id.type = ["integer", "null"]), "can be null now"],
    [(d) => (schema(d, "Run").required = []), "may be without id"],
  ];
  for (const [change, sentence] of other) assert.ok(after(change).some((line) => line.includes(sentence)), `${sentence} in ${after(change)}`);
});

test("additions are no breaks", () => {
  const added = [
    (d) => (d.paths["/api/v1/system/new"] = { get: { operationId: "get_new", responses: {} } }),
    (d) => (schema(d, "Run").properties.added = { type: "string" }),
    (d) => (schema(d, "StartRunBody").properties.note = { type: ["string", "null"] }),
    (d) => (schema(d, "ReasonCode").enum.push("OTHER")),
    (d) => (schema(d, "Status").enum.push("waiting")),
    (d) => (schema(d, "SignInBody").properties.email.maxLength = 1000),
    (d) => operation(d, RUNS).parameters.push({ name: "sort", in: "query", required: false, schema: { type: "string" } }),
  ];
  for (const change of added) assert.deepEqual(after(change), []);
});
