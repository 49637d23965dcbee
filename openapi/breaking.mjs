// Whether clients of one document can live with another: `node breaking.mjs released.json openapi.json intended-breaks.txt`.
// What clients send may become wider, what they are sent may become richer; everything else is a break, one line each. Breaks that
// are wanted stand in intended-breaks.txt until the next release.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const METHODS = ["get", "put", "post", "patch", "delete"];

/** Every break between two documents, as sentences that stay the same from run to run. */
export function breaks(before, after) {
  const found = new Set();
  const say = (sentence) => found.add(sentence);
  for (const [path, item] of Object.entries(before.paths)) {
    for (const method of METHODS.filter((method) => item[method])) {
      const place = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (!now) say(`${place}: is gone`);
      else compareOperations(place, { document: before, ...item[method] }, { document: after, ...now }, say);
    }
  }
  return [...found].sort();
}

function compareOperations(place, before, after, say) {
  if (before.operationId !== after.operationId) say(`${place}: is called ${after.operationId} instead of ${before.operationId}`);
  compareParameters(place, before, after, say);
  compareSecurity(place, before, after, say);
  const [body, bodyNow] = [before.requestBody, after.requestBody];
  if (!body?.required && bodyNow?.required) say(`${place}: needs a body`);
  for (const [type, media] of Object.entries(body?.content ?? {})) {
    const now = bodyNow?.content?.[type];
    if (!now) say(`${place}: takes no ${type} any more`);
    else compareSchemas(`${place} body`, sent(before, after), media.schema, now.schema, say);
  }
  for (const [status, response] of Object.entries(before.responses).filter(([status]) => status.startsWith("2"))) {
    const now = after.responses[status];
    if (!now) {
      say(`${place}: does not answer ${status} any more`);
      continue;
    }
    for (const name of Object.keys(response.headers ?? {})) {
      if (!now.headers?.[name]) say(`${place} ${status}: has no header ${name} any more`);
    }
    for (const [type, media] of Object.entries(response.content ?? {})) {
      const mediaNow = now.content?.[type];
      if (!mediaNow) say(`${place} ${status}: is not ${type} any more`);
      else compareSchemas(`${place} ${status}`, received(before, after), media.schema, mediaNow.schema, say);
    }
  }
}

function compareParameters(place, before, after, say) {
  const name = (parameter) => `${parameter.in} parameter ${parameter.name}`;
  const [old, now] = [before.parameters ?? [], after.parameters ?? []];
  for (const parameter of old) {
    const same = now.find((one) => name(one) === name(parameter));
    if (!same) say(`${place}: has no ${name(parameter)} any more`);
    else {
      if (!parameter.required && same.required) say(`${place}: needs the ${name(parameter)}`);
      compareSchemas(`${place} ${name(parameter)}`, sent(before, after), parameter.schema, same.schema, say);
    }
  }
  for (const parameter of now.filter((one) => one.required && !old.some((other) => name(other) === name(one)))) {
    say(`${place}: needs the new ${name(parameter)}`);
  }
}

function compareSecurity(place, before, after, say) {
  const ways = (operation) => (operation.security ?? operation.document.security ?? []).map((way) => Object.keys(way).sort().join(" and "));
  const now = ways(after);
  for (const way of ways(before).filter((way) => !now.includes(way))) say(`${place}: cannot be called with ${way || "nothing"} any more`);
}

const sent = (before, after) => ({ isSent: true, before: before.document, after: after.document, seen: new Set() });
const received = (before, after) => ({ isSent: false, before: before.document, after: after.document, seen: new Set() });

/** A schema without references, as the alternatives that a value can be: types, choices, null. */
function alternatives(document, schema) {
  if (!schema) return [];
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return alternatives(document, document.components.schemas[name]).map((one) => ({ ...one, name: one.name ?? name }));
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.flatMap((one) => alternatives(document, one));
  if (schema.allOf) return [merged(schema.allOf.flatMap((one) => alternatives(document, one)))];
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? (schema.properties ? "object" : "any")];
  return types.map((type) => ({ ...schema, type }));
}

const merged = (parts) =>
  parts.reduce((whole, part) => ({
    ...whole,
    ...part,
    properties: { ...whole.properties, ...part.properties },
    required: [...(whole.required ?? []), ...(part.required ?? [])],
  }));

/** What tells one alternative from the others: its type, and of several objects the words that only one has. */
function kind(document, one, isChoice) {
  if (!isChoice) return one.type;
  const words = Object.entries(one.properties ?? {}).flatMap(([name, property]) => {
    const values = alternatives(document, property)[0]?.enum;
    return values?.length === 1 ? [`${name}=${values[0]}`] : [];
  });
  return [one.type, ...words.sort()].join(" ");
}

function compareSchemas(place, context, before, after, say) {
  const [old, now] = [alternatives(context.before, before), alternatives(context.after, after)];
  const isChoice = [old, now].some((list) => list.filter((one) => one.type === "object").length > 1);
  const find = (list, document, key) => list.find((one) => kind(document, one, isChoice) === key);
  for (const one of old) {
    const key = kind(context.before, one, isChoice);
    const same = find(now, context.after, key);
    if (same) compareAlternatives(place, context, one, same, say);
    else if (context.isSent && !now.some((one) => one.type === "any")) say(`${place}: cannot be ${key} any more`);
  }
  if (context.isSent) return;
  for (const one of now) {
    const key = kind(context.after, one, isChoice);
    if (!find(old, context.before, key) && !old.some((one) => one.type === "any")) say(`${place}: can be ${key} now`);
  }
}

function compareAlternatives(place, context, before, after, say) {
  const key = `${place} ${before.name ?? ""}`;
  if (before.name && context.seen.has(before.name)) return;
  if (before.name) context.seen.add(before.name);
  compareWords(place, context, before, after, say);
  if (context.isSent) compareLimits(place, before, after, say);
  if (before.format !== after.format && after.format) say(`${place}: has the format ${after.format} instead of ${before.format ?? "any"}`);
  if (before.items || after.items) compareSchemas(`${place}[]`, context, before.items, after.items, say);
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const needed = (schema, name) => (schema.required ?? []).includes(name);
  for (const name of Object.keys(old)) {
    if (!now[name]) say(`${key.trim()}: has no ${name} any more`);
    else {
      if (context.isSent && !needed(before, name) && needed(after, name)) say(`${key.trim()}: needs ${name}`);
      if (!context.isSent && needed(before, name) && !needed(after, name)) say(`${key.trim()}: may be without ${name}`);
      compareSchemas(`${place}.${name}`, context, old[name], now[name], say);
    }
  }
  for (const name of Object.keys(now).filter((name) => !old[name] && context.isSent && needed(after, name))) {
    say(`${key.trim()}: needs the new ${name}`);
  }
}

/** Words that may be sent may become more; so may those that are received: clients are told to expect words they do not know. */
function compareWords(place, context, before, after, say) {
  if (!context.isSent) {
    if (before.enum && !after.enum) say(`${place}: can be any word now`);
    return;
  }
  if (!before.enum && after.enum) say(`${place}: can only be certain words now`);
  for (const word of (before.enum ?? []).filter((word) => after.enum && !after.enum.includes(word))) say(`${place}: cannot be ${word} any more`);
}

function compareLimits(place, before, after, say) {
  for (const name of ["minimum", "exclusiveMinimum", "minLength", "minItems"]) {
    if (after[name] !== undefined && after[name] > (before[name] ?? Number.NEGATIVE_INFINITY)) say(`${place}: has a higher ${name}`);
  }
  for (const name of ["maximum", "exclusiveMaximum", "maxLength", "maxItems"]) {
    if (after[name] !== undefined && after[name] < (before[name] ?? Number.POSITIVE_INFINITY)) say(`${place}: has a lower ${name}`);
  }
  if (after.pattern !== undefined && after.pattern !== before.pattern) say(`${place}: has to match ${after.pattern}`);
}

/** Lines that are neither empty nor comments. */
export const intended = (text) => text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [before, after] = process.argv.slice(2, 4).map((file) => JSON.parse(readFileSync(file, "utf8")));
  const wanted = intended(readFileSync(process.argv[4], "utf8"));
  const found = breaks(before, after);
  const unwanted = found.filter((line) => !wanted.includes(line));
  const stale = wanted.filter((line) => !found.includes(line));
  for (const line of unwanted) console.error(`breaks clients: ${line}`);
  for (const line of stale) console.error(`intended, but no break: ${line}`);
  if (unwanted.length > 0) console.error("Where this is wanted, add the lines to openapi/intended-breaks.txt with the reason.");
  process.exitCode = unwanted.length + stale.length > 0 ? 1 : 0;
}
