/** Places where a control's state is shown, in words: the one table of them. */
const SURFACES: Record<string, string> = {
  "system.ops.runbooks": "Ops / Runbooks",
  "tenant.findings.list": "the findings of tenants",
  "tenant.restore_runs.create": "making a restore run in a tenant",
};

/** A surface in words; a key that this page does not know yet is shown as it is. */
export function surfaceInWords(key: string): string {
  return SURFACES[key] ?? key;
}

/** Several surfaces as one list of a sentence. */
export function surfacesInWords(keys: readonly string[]): string {
  return keys.map(surfaceInWords).join(", ");
}

/** A sentence of the API with the keys of surfaces in it put into words. */
export function withSurfacesInWords(sentence: string, keys: readonly string[]): string {
  return keys.reduce((text, key) => text.replaceAll(key, surfaceInWords(key)), sentence);
}
