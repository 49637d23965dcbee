import { request } from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { expect, test } from "./support/test.ts";

/** An answer as it came over the wire. */
function ask(url: string, headers: Record<string, string> = {}, method = "GET", path?: string) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    // A path of its own is sent as it is; one in the address would be tidied up first.
    const sent = request(url, { headers, method, ...(path ? { path } : {}) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("every address of the page gives its first document, which is asked for each time", async ({ product }) => {
  for (const path of ["/", "/system/ops/runs/12", "/system/sign-in?return_to=/system", "/no/such/page"]) {
    const answer = await ask(product.url + path);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-cache");
    const again = await ask(product.url + path, { "If-None-Match": String(answer.headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  }
});

test("files with a digest in their names are kept for a year, and come compressed", async ({ product }) => {
  const document = (await ask(product.url)).body.toString();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(document)?.[1] ?? "";
  const plain = await ask(product.url + script);
  const brotli = await ask(product.url + script, { "Accept-Encoding": "gzip, deflate, br" });
  const gzip = await ask(product.url + script, { "Accept-Encoding": "gzip, br;q=0" });

  expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(plain.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  expect([plain, brotli, gzip].map((answer) => answer.headers["content-encoding"])).toEqual([undefined, "br", "gzip"]);
  expect([plain, brotli, gzip].map((answer) => answer.headers.vary)).toEqual(Array(3).fill("accept-encoding"));
  expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
});

test("no script but the page's own may run, and the page may not be framed", async ({ product }) => {
  const policy = String((await ask(product.url)).headers["content-security-policy"]);

  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
});

test("a file of another build and an address of the API are not the page", async ({ product }) => {
  for (const path of ["/assets/index-00000000.js", "/api/v1/nothing", "/api"]) {
    const answer = await ask(product.url + path);
    expect([path, answer.status, answer.headers["content-type"]]).toEqual([path, 404, "application/problem+json"]);
  }
  expect((await ask(product.url, {}, "POST")).status).toBe(404);
});

test("no address leads out of the build", async ({ product }) => {
  for (const path of [
    "/assets/../../Cargo.toml",
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/..%2f..%2fpackage.json",
  ]) {
    const answer = await ask(product.url, {}, "GET", path);
    expect([path, answer.body.includes('"dependencies"') || answer.body.includes("[workspace]")]).toEqual([
      path,
      false,
    ]);
    expect([200, 400, 404]).toContain(answer.status);
  }
});
