import { NoAnswer } from "../../api/problem";
import type { ImportReport } from "../../api/schema";
import type { Format } from "./import-formats";

/** What is to be imported where. */
export interface Upload {
  tenantId: number;
  format: Format;
  file: File;
  /** Resolve open findings that the scan looked for and does not contain any more. */
  resolvesUnobserved: boolean;
  signal: AbortSignal;
  /** Bytes that are on their way or there. */
  onProgress: (sent: number) => void;
}

/** Thrown where somebody stopped the upload. */
export class UploadCancelled extends Error {}

/** Sends a file as it is. Not with `fetch`, which does not tell how much has left. Throws the problem of the API. */
export function upload({
  tenantId,
  format,
  file,
  resolvesUnobserved,
  signal,
  onProgress,
}: Upload): Promise<ImportReport> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const options = new URLSearchParams({ format, ...(resolvesUnobserved && { resolve_unobserved: "true" }) });
    request.open("POST", `/api/v1/admin/tenants/${tenantId}/findings/import?${options}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => (request.status === 200 ? resolve : reject)(bodyOf(request));
    request.onerror = () => reject(new NoAnswer("no answer arrived"));
    request.onabort = () => reject(new UploadCancelled("the upload was stopped"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** What is no JSON came from something between the page and the server. */
function bodyOf({ responseText }: XMLHttpRequest) {
  try {
    return JSON.parse(responseText);
  } catch {
    return null;
  }
}
