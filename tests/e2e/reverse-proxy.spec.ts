import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, OPERATOR, type Product, test } from "./support/test.ts";

const NGINX = ["/usr/sbin/nginx", "/opt/homebrew/bin/nginx", "/usr/local/bin/nginx"].find((path) => existsSync(path));
const EXAMPLE = fileURLToPath(new URL("../../web/deploy/nginx.conf", import.meta.url));
const BUILD = fileURLToPath(new URL("../../web/dist", import.meta.url));

test.use({ as: null });
test.skip(!NGINX, "nginx is not installed");

test("behind nginx, which serves the files, one signs in and follows a run", async ({ page, product, caller }) => {
  const proxy = await startNginx(product);
  try {
    await page.goto(`${proxy.url}/system/ops/runs`);
    await page.getByLabel("Email").fill(OPERATOR.email);
    await page.getByRole("textbox", { name: "Password" }).fill(OPERATOR.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();

    const run = await caller.startRun();
    const stream = await page.request.get(`${proxy.url}/api/v1/system/ops/runs/${run}/events`, { timeout: 45_000 });
    expect(await stream.text()).toContain("event: completed");

    const script = await page.locator('script[type="module"]').getAttribute("src");
    const file = await page.request.get(`${proxy.url}${script}`, { headers: { "Accept-Encoding": "gzip" } });
    expect(file.headers()).toMatchObject({
      "content-encoding": "gzip",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
    const document = await page.request.get(`${proxy.url}/system/ops/runs/1`);
    expect(document.headers()["cache-control"]).toBe("no-cache");
    expect(document.headers()["content-security-policy"]).toContain("script-src 'self'");
    expect((await page.request.get(`${proxy.url}/assets/of-another-build.js`)).status()).toBe(404);
    const refused = await page.request.get(`${proxy.url}/api/v1/nothing`);
    expect(refused.status()).toBe(404);
    expect(refused.headers()).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
    });
    expect(refused.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
  } finally {
    // A page that is left open looks at the run and the bell, and would find nobody there.
    await page.close();
    await proxy.stop();
  }
});

/** nginx with the example's server and nothing of the machine's own settings. */
async function startNginx(product: Product): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), "tenantatlas-nginx-"));
  mkdirSync(join(directory, "files"));
  execFileSync("cp", ["-r", `${BUILD}/.`, join(directory, "files")]);
  execFileSync("chmod", ["-R", "a+rX", directory]);
  const address = `127.0.0.1:${await freePort()}`;
  const server = readFileSync(EXAMPLE, "utf8")
    .replace("<address>", address)
    .replace("<web/dist>", join(directory, "files"))
    .replace("<product>", new URL(product.url).host);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  const types = "types { text/html html; text/javascript js; text/css css; image/svg+xml svg; }";
  writeFileSync(
    join(directory, "nginx.conf"),
    `daemon off; pid ${directory}/pid; error_log stderr warn; events {} http { access_log off; ${types} ${paths.join(" ")} ${server} }`,
  );
  const child = spawn(NGINX ?? "nginx", ["-p", directory, "-c", join(directory, "nginx.conf")], { stdio: "inherit" });
  await answers(child, `http://${address}/`);
  return {
    url: `http://${address}`,
    stop: async () => {
      const ended = once(child, "close");
      child.kill("SIGQUIT");
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  await expect(async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    expect((await fetch(url)).ok).toBe(true);
  }).toPass();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}
