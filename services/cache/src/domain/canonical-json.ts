/**
 * One text for every way of writing a JSON value: keys sorted, no white space, one form of each string and number. Text
 * that is no JSON, or whose numbers a double cannot tell apart, stays as it is: two such texts are the same only letter
 * by letter. Different values never give the same text.
 */
export function canonicalJson(text: string): string {
  if (text === "" || inexactNumber.test(text)) return text;
  try {
    return write(JSON.parse(text));
  } catch {
    // No JSON, or nested too deeply to walk.
    return text;
  }
}

/** Sixteen digits in a row, or an exponent; also matches inside strings, which costs a hit at most. */
const inexactNumber = /\d[\d.]{15}|[\d.][eE][+-]?\d/;

function write(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join()}]`;
  // Written as text, not sorted into a new object: that would lose `__proto__` and reorder digits.
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write((value as Record<string, unknown>)[key])}`);
  return `{${fields.join()}}`;
}
