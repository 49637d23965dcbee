// Opens pages in Chromium and prints figures as JSON.
//   node measure.mjs list URL EMAIL PASSWORD
//   node measure.mjs open URL EMAIL PASSWORD RUN MINUTES

import { existsSync } from "node:fs";
import { chromium } from "../../e2e/node_modules/@playwright/test/index.mjs";

const OPENS = 15;
const [what, url, email, password, run, minutes] = process.argv.slice(2);

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
console.log(JSON.stringify(what === "list" ? await openList() : await leaveOpen()));
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

async function read() {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
