/** Half of a surrogate pair, written as an escape. Also found where the backslash itself is escaped; it is only a first look. */
const maybeLone = /\\u[dD][89a-fA-F]/;

/**
 * The path of a string or field name that is not valid Unicode; undefined if all are. JSON allows such strings, UTF-8 does
 * not: on the wire they would be changed silently. `text` is the JSON text that `value` was parsed from.
 */
export function loneSurrogate(text: string, value: unknown): string | undefined {
  return maybeLone.test(text) ? find(value) : undefined;
}

/** Walks without recursion: JSON.parse takes any depth, the stack does not. */
function find(root: unknown): string | undefined {
  const open: [value: unknown, path: string][] = [[root, ""]];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const [value, path] = entry;
    if (typeof value === "string" && !value.isWellFormed()) return path;
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) open.push([element, `${path}[${index}]`]);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, field] of Object.entries(value)) {
        const at = path === "" ? key : `${path}.${key}`;
        if (!key.isWellFormed()) return at.toWellFormed();
        open.push([field, at]);
      }
    }
  }
  return undefined;
}
