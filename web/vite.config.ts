import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { precompress } from "./precompress.ts";

/** Where a server of the product listens, for the development server. */
const api = process.env.PRODUCT_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    target: "es2022",
    sourcemap: false,
    // Everything below /assets has a hash in its name and is cached for a year.
    assetsDir: "assets",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    // The same addresses as behind the binary; the origin stays the page's own, as the API wants it of cookies.
    proxy: Object.fromEntries(
      ["/api", "/docs", "/openapi.json", "/problems", "/healthz", "/readyz"].map((path) => [
        path,
        { target: api, changeOrigin: false },
      ]),
    ),
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
  },
});
