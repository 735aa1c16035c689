/** Half of a surrogate pair, written as an escape. Also found where the backslash itself is escaped; it is only a first look. */
const maybeLone = /\\u[dD][89a-fA-F]/;

/**
 * The path of a string or field name that is not valid Unicode; undefined if all are. JSON allows such strings, UTF-8 does
 * not: on the wire they would be changed silently. `text` is the JSON text that `value` was parsed from.
 */
export function loneSurrogate(text: string, value: unknown): string | undefined {
  return maybeLone.test(text) ? find(value) : undefined;
}

/** A list or object that is being walked through. */
interface Cursor {
  readonly container: Readonly<Record<string | number, unknown>>;
  /** Names of an object's fields; undefined for a list. */
  readonly names: readonly string[] | undefined;
  readonly length: number;
  /** Place of the value looked at last. */
  at: number;
}

/**
 * Walks without recursion: JSON.parse takes any depth, the stack does not. Only lists and objects cost memory, and those
 * only while they are open: a body may hold millions of numbers.
 */
function find(root: unknown): string | undefined {
  const open = [cursorOver([root])];
  for (let cursor = open[0]; cursor !== undefined; cursor = open[open.length - 1]) {
    cursor.at += 1;
    if (cursor.at === cursor.length) {
      open.pop();
      continue;
    }
    const key = keyOf(cursor);
    const value = cursor.container[key];
    if (isBroken(key) || isBroken(value)) return pathOf(open);
    if (isContainer(value)) open.push(cursorOver(value));
  }
  return undefined;
}

const isBroken = (value: unknown): boolean => typeof value === "string" && !value.isWellFormed();

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

function cursorOver(value: object): Cursor {
  const names = Array.isArray(value) ? undefined : Object.keys(value);
  const container = value as Cursor["container"];
  return { container, names, length: names?.length ?? (value as readonly unknown[]).length, at: -1 };
}

const keyOf = ({ names, at }: Cursor): string | number => (names === undefined ? at : (names[at] as string));

/** The first cursor stands at the whole value, which has no name. */
function pathOf([, ...open]: readonly Cursor[]): string {
  let path = "";
  for (const cursor of open) {
    const key = keyOf(cursor);
    path += typeof key === "number" ? `[${key}]` : `${path === "" ? "" : "."}${key}`;
  }
  return path.toWellFormed();
}
