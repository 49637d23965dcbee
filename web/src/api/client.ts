import createFetchClient from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import { askReason, needsReason } from "./break-glass";
import { NoAnswer, NotSent } from "./problem";
import type { paths } from "./schema";

/** Typed calls of the API. The session's cookie goes along because the page has the API's origin. */
export const client = createFetchClient<paths>({
  baseUrl: window.location.origin,
  fetch: ask,
  // Several values of a parameter have commas between, as in the addresses of pages.
  querySerializer: { array: { style: "form", explode: false } },
});

/** Browsers throw the same kind of error for a broken connection as for a mistake in a script. */
async function ask(request: Request): Promise<Response> {
  if (needsReason(request.method, new URL(request.url).pathname)) {
    const reason = await askReason();
    if (reason === null) throw new NotSent("no reason was given");
    request.headers.set("Break-Glass-Reason", encodeURIComponent(reason));
  }
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new NoAnswer("no answer arrived", { cause });
  }
}

/**
 * Queries and mutations named by method and path, so that a key cannot disagree with what it fetches. What is thrown is
 * the body of the answer, or a failure of the network: read both with `asProblem`.
 */
export const api = createQueryClient(client);
