/** Language of the page: numbers and dates follow it, whatever the browser prefers. */
const LANGUAGE = "en";

const integers = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(LANGUAGE, { notation: "compact", maximumFractionDigits: 1 });

/** `12480` as `12,480`. */
export function count(value: number): string {
  return integers.format(value);
}

/** `12480` as `12.5K`: axes of charts only, never where a figure is exact. */
export function shortCount(value: number): string {
  return compact.format(value);
}

/** `1 tenant`, `3 tenants`, `12,480 tenants`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share from 0 to 1 as whole per cent; 100 % only when it is all. */
export function percent(fraction: number): string {
  const whole = fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100));
  return `${Math.max(0, whole)} %`;
}

/** Seconds as `4 m 12 s`, `2 h 5 m`, `3 d 4 h`: the two largest units; below a minute with the seconds only. */
export function duration(seconds: number): string {
  if (seconds > 0 && seconds < 1) return "under 1 s";
  const whole = Math.round(seconds);
  const units: [string, number][] = [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
    ["s", 1],
  ];
  const first = units.findIndex(([, size]) => whole >= size);
  if (first < 0) return "0 s";
  let rest = whole;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return amount > 0 ? `${amount} ${name}` : "";
  });
  return parts.filter(Boolean).join(" ");
}

/** `about 2 minutes`, for forecasts, which are not exact. */
export function roughDuration(seconds: number): string {
  if (seconds < 90) return `about ${plural(Math.max(1, Math.round(seconds)), "second")}`;
  if (seconds < 5_400) return `about ${plural(Math.round(seconds / 60), "minute")}`;
  return `about ${plural(Math.round(seconds / 3_600), "hour")}`;
}

/** `snake_case` or `kebab-case` as words: for keys of free metadata only; states and codes have words of their own. */
export function words(key: string): string {
  const text = key.replaceAll(/[_-]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A label in the middle of a sentence: `Restore execution` as `restore execution`, names in capitals as they are. */
export function inSentence(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}
