import type { JsonObject } from "./chat-body.ts";
import type { ValueSource } from "./schema-value.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** A string that satisfies the format, or the pattern where a common one does, and the lengths of a schema. */
export function stringFor(schema: JsonObject, name: string, { random, words }: ValueSource): string {
  const made = typeof schema.format === "string" ? formats[schema.format]?.(random) : undefined;
  if (made !== undefined) return made;
  const plain = withLength(plainFor(name, random, words), schema);
  if (typeof schema.pattern !== "string") return plain;
  const pattern = toPattern(schema.pattern);
  return [plain, ...commonTexts(random)].find((text) => pattern?.test(text)) ?? plain;
}

const digits = (random: SeededRandom, length: number) => Array.from({ length }, () => random.between(0, 9)).join("");
const hex = (random: SeededRandom, length: number) =>
  Array.from({ length }, () => random.between(0, 15).toString(16)).join("");
const twoDigits = (value: number) => String(value).padStart(2, "0");
const date = (random: SeededRandom) =>
  `20${random.between(20, 29)}-${twoDigits(random.between(1, 12))}-${twoDigits(random.between(1, 28))}`;
const time = (random: SeededRandom) => `${twoDigits(random.between(0, 23))}:${twoDigits(random.between(0, 59))}:00`;
const uuid = (random: SeededRandom) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;

const formats: Readonly<Record<string, (random: SeededRandom) => string>> = {
  date,
  time: (random) => `${time(random)}Z`,
  "date-time": (random) => `${date(random)}T${time(random)}Z`,
  duration: (random) => `PT${random.between(1, 48)}H`,
  email: (random) => `user${digits(random, 3)}@example.com`,
  hostname: (random) => `host${digits(random, 2)}.example.com`,
  ipv4: (random) => `192.0.2.${random.between(1, 254)}`,
  ipv6: (random) => `2001:db8::${hex(random, 4)}`,
  uri: (random) => `https://example.com/${digits(random, 4)}`,
  uuid,
};

/** Texts that common patterns ask for. */
const commonTexts = (random: SeededRandom): string[] => [
  ...[1, 2, 3, 4, 5, 6, 8, 10].map((length) => digits(random, length)),
  ...[
    "a",
    "ab",
    "abc",
    "abcd",
    "abcde",
    "A",
    "AB",
    "ABC",
    "ABCD",
    "A1",
    "AB1",
    "AB12",
    "ABC123",
    "ABC-123",
    "a_b",
    "a-b",
  ],
  date(random),
  time(random),
  uuid(random),
  `+1${digits(random, 10)}`,
  `${digits(random, 3)}-${digits(random, 3)}-${digits(random, 4)}`,
  `#${hex(random, 6)}`,
  `v${random.between(0, 9)}.${random.between(0, 9)}.${random.between(0, 9)}`,
  `${random.between(0, 9)}.${random.between(0, 9)}.${random.between(0, 9)}`,
];

function toPattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text, "u");
  } catch {
    return undefined;
  }
}

/** Something like the name of the field asks for, as far as a stranger can tell. */
function plainFor(name: string, random: SeededRandom, words: readonly string[]): string {
  if (/(^|_)id$|Id$/.test(name)) return `${name.replace(/_?id$/i, "") || "id"}-${digits(random, 4)}`;
  if (/summary|description|text|content|reason|explanation|answer|comment/i.test(name)) {
    return `${random.pick(words)} and ${random.pick(words)}, in relation to ${random.pick(words)}`;
  }
  return random.pick(words);
}

function withLength(text: string, { minLength, maxLength }: JsonObject): string {
  const longest = typeof maxLength === "number" ? maxLength : Number.POSITIVE_INFINITY;
  const shortest = typeof minLength === "number" ? minLength : 0;
  // JSON Schema counts code points.
  const characters = [...text];
  while (characters.length < shortest) characters.push(...` ${text || "x"}`);
  return characters.slice(0, Math.max(shortest, Math.min(characters.length, longest))).join("");
}
