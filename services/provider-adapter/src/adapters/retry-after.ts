/** No provider means to be left alone for longer than a day; a larger number is a mistake. */
const longestMs = 86_400_000;

/**
 * How long a provider wants to be left alone, in milliseconds from now, 0 to a day: from `retry-after-ms`, or from
 * `retry-after` in seconds or as a date. Undefined where it does not say.
 */
export function retryDelayMs(headers: Headers | undefined, epochMs: number): number | undefined {
  const milliseconds = numberOf(headers?.get("retry-after-ms"));
  if (milliseconds !== undefined) return clamp(milliseconds);
  const after = headers?.get("retry-after");
  const seconds = numberOf(after);
  if (seconds !== undefined) return clamp(seconds * 1000);
  // What is no date of HTTP (RFC 9110, 5.6.7), `Date.parse` may take for one: "-5" for a day in May.
  const date = after && /^\s*[a-z]{3,9},? .*\d\d:\d\d:\d\d/i.test(after) ? Date.parse(after) : Number.NaN;
  return Number.isNaN(date) ? undefined : clamp(date - epochMs);
}

function numberOf(text: string | null | undefined): number | undefined {
  return text && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

const clamp = (delayMs: number) => Math.min(Math.max(0, Math.round(delayMs)), longestMs);
