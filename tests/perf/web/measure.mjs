// Opens pages in Chromium and prints figures as JSON.
//   node measure.mjs list URL EMAIL PASSWORD
//   node measure.mjs open URL EMAIL PASSWORD RUN MINUTES
//   node measure.mjs pause URL EMAIL PASSWORD ROUNDS

import { existsSync } from "node:fs";
import { chromium } from "../../e2e/node_modules/@playwright/test/index.mjs";

const OPENS = 15;
/** Times of an average person in milliseconds, by the keystroke-level model, and words read a minute. */
const PERSON = { key: 280, point: 1_100, press: 200, think: 1_350, wordsAMinute: 200 };
const REASON = "Incident 4711: the backfill closes findings that are open";
const [what, url, email, password, ...rest] = process.argv.slice(2);
const [run, minutes] = rest;

const browsers = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const browser = await chromium.launch({
  executablePath: browsers.find((path) => path && existsSync(path)),
  args: ["--disable-gpu", "--disable-background-networking", "--disable-component-update", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
});
const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
const signedIn = await context.request.post(`${url}/api/v1/system/auth/login`, { data: { email, password }, headers: { Origin: url } });
if (!signedIn.ok()) throw new Error(await signedIn.text());
const page = await context.newPage();
const devtools = await context.newCDPSession(page);
const measurements = { list: openList, open: leaveOpen, pause: pauseAndResume };
console.log(JSON.stringify(await measurements[what]()));
await browser.close();

/** Milliseconds from the navigation until the rows are there and the page answers to a script. */
async function openList() {
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  const times = [];
  for (let open = 0; open < OPENS; open += 1) {
    await page.goto("about:blank");
    await page.goto(`${url}/system/ops/runs`, { waitUntil: "commit" });
    await page.getByRole("row").nth(1).waitFor();
    // Answered only when nothing else keeps the page busy.
    times.push(await page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => resolve(performance.now())))));
  }
  times.sort((left, right) => left - right);
  return { median: times[Math.floor(OPENS / 2)], longest: times.at(-1), opens: OPENS };
}

/** Memory, nodes and processor share of a run's page, once a minute. */
async function leaveOpen() {
  await devtools.send("Performance.enable");
  await page.goto(`${url}/system/ops/runs/${run}`);
  await page.getByRole("progressbar").first().waitFor();
  const readings = [];
  let before = await read();
  for (let minute = 1; minute <= Number(minutes); minute += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const now = await read();
    const processor = (now.TaskDuration - before.TaskDuration) / (now.Timestamp - before.Timestamp);
    readings.push({ minute, heap: now.JSHeapUsedSize, nodes: now.Nodes, processor });
    before = now;
  }
  const state = await (await context.request.get(`${url}/api/v1/system/ops/runs/${run}`)).json();
  if (state.status === "completed") throw new Error("the run ended before the page was closed");
  return readings;
}

/** Milliseconds from opening the controls to a pause in force, and to its end, of somebody who reads, types and clicks. */
async function pauseAndResume() {
  const rounds = [];
  for (let round = 0; round < Number(rest[0]); round += 1) {
    rounds.push({ pause: await timed(pause), resume: await timed(resume) });
  }
  return rounds;
}

async function timed(task) {
  await page.goto("about:blank");
  const person = { spent: 0 };
  const begun = performance.now();
  await page.goto(`${url}/system/ops/controls`);
  await task(person);
  const total = performance.now() - begun;
  return { total, machine: total - person.spent };
}

async function pause(person) {
  const card = page.getByRole("region", { name: "Findings lifecycle backfill" });
  await click(person, card.getByRole("link", { name: /^Pause/ }));
  const dialog = page.getByRole("dialog");
  await click(person, dialog.getByRole("textbox", { name: "Reason" }));
  for (const letter of REASON) {
    await spend(person, PERSON.key);
    await page.keyboard.press(letter === " " ? "Space" : letter);
  }
  await click(person, dialog.getByRole("button", { name: "Show what it affects" }));
  await readAll(person, dialog.getByRole("status"));
  await click(person, dialog.getByRole("button", { name: /^Pause/ }));
  await card.getByText("Paused globally", { exact: true }).first().waitFor();
  await expectState("paused");
}

async function resume(person) {
  const card = page.getByRole("region", { name: "Findings lifecycle backfill" });
  await click(person, card.getByRole("link", { name: /^Resume/ }));
  const dialog = page.getByRole("dialog");
  await readAll(person, dialog.getByRole("status"));
  await click(person, dialog.getByRole("button", { name: /^Resume/ }));
  await card.getByText("Enabled", { exact: true }).first().waitFor();
  await expectState("enabled");
}

async function expectState(expected) {
  const answer = await context.request.get(`${url}/api/v1/system/ops/controls/findings.lifecycle.backfill`);
  const { effective_state: state } = await answer.json();
  if (state !== expected) throw new Error(`the control is ${state}`);
}

/** Waits until it is there, decides, points and presses. */
async function click(person, target) {
  await target.waitFor();
  await spend(person, PERSON.think + PERSON.point + PERSON.press);
  await target.click();
}

async function readAll(person, target) {
  const words = (await target.innerText()).split(/\s+/).length;
  await spend(person, (words * 60_000) / PERSON.wordsAMinute);
}

/** Lets a person's time pass; how long it was really is what counts as theirs. */
async function spend(person, milliseconds) {
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  person.spent += performance.now() - begun;
}

async function read() {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
