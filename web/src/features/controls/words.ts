/** A label in the middle of a sentence: `Restore execution` as `restore execution`, names in capitals as they are. */
export function inSentence(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}
