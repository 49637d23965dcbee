import { lazyRouteComponent } from "@tanstack/react-router";
import { serverAway } from "../api/query-client";

/** Thrown where the script of a page is gone though the server answers: another version of the page was deployed. */
export class PageReplaced extends Error {}

type Module = Record<string, unknown>;

/** The component `name` of a page, loaded when the page is opened. While the server is away, it waits under the banner. */
export function lazyPage<T extends Module, K extends keyof T & string>(load: () => Promise<T>, name: K) {
  return lazyRouteComponent(() => loadPage(load), name);
}

/** Loads a module, and again when the server is back. Throws PageReplaced. */
export async function loadPage<T>(load: () => Promise<T>, isThere: () => Promise<boolean> = isServerThere): Promise<T> {
  let hasBeenAway = false;
  for (;;) {
    try {
      return await load();
    } catch {
      if (await isThere()) {
        // Browsers may keep a failure for as long as the page lives; after an outage the page is as good as replaced.
        if (!hasBeenAway) await new Promise((resolve) => setTimeout(resolve, AGAIN_MILLISECONDS));
        try {
          return await load();
        } catch (cause) {
          throw new PageReplaced("The script of this page cannot be loaded any more.", { cause });
        }
      }
      hasBeenAway = true;
      serverAway.set(true);
      await serverAway.until(false);
    }
  }
}

const AGAIN_MILLISECONDS = 500;

async function isServerThere(): Promise<boolean> {
  const answer = await fetch("/readyz").catch(() => null);
  return answer !== null;
}
