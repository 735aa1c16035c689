import { isObject, type JsonObject } from "./chat-body.ts";
import { stringFor } from "./schema-string.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Nesting beyond which only what is required is made, and alternatives end the recursion where they can. */
const deepest = 6;
/** The same for the count of values. */
const mostValues = 1_000;
/** A schema that demands itself has no value; this is where the attempt to make one ends. */
const bottomless = 64;

/** What values are made from. */
export interface ValueSource {
  readonly random: SeededRandom;
  /** Words to fill strings with; not empty. */
  readonly words: readonly string[];
  /** Numbers of the prompt, used where a schema allows them. */
  readonly numbers: readonly number[];
}

/**
 * A value that satisfies a JSON Schema: types, const, enum, properties, items, bounds on numbers, lengths and counts,
 * common formats, local references, anyOf, oneOf and allOf. Conditions, `not` and most patterns are beyond it.
 */
export function valueFor(schema: unknown, source: ValueSource): unknown {
  return make({ root: schema, source, madeCount: 0 }, schema, "", 0);
}

interface Workshop {
  readonly root: unknown;
  readonly source: ValueSource;
  madeCount: number;
}

/** Whether it is time to come to an end. */
const isDeep = ({ madeCount }: Workshop, depth: number): boolean => depth >= deepest || madeCount > mostValues;

function make(shop: Workshop, given: unknown, name: string, depth: number): unknown {
  if (depth > bottomless) return null;
  shop.madeCount++;
  const schema = settle(shop, given, depth);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return shop.source.random.pick(schema.enum);
  switch (typeOf(schema, isDeep(shop, depth))) {
    case "object":
      return makeObject(shop, schema, depth);
    case "array":
      return makeArray(shop, schema, name, depth);
    case "integer":
      return makeNumber(schema, shop.source, true);
    case "number":
      return makeNumber(schema, shop.source, false);
    case "boolean":
      return shop.source.random.next() < 0.5;
    case "null":
      return null;
    default:
      return stringFor(schema, name, shop.source);
  }
}

/** The schema with references followed, parts of allOf joined, and one alternative chosen. */
function settle(shop: Workshop, given: unknown, depth: number, hops = 0): JsonObject {
  let schema = isObject(given) ? given : {};
  for (let step = hops; step < 32; step++) {
    const { $ref: reference, allOf, anyOf, oneOf, ...rest } = schema;
    const alternatives = anyOf ?? oneOf;
    if (typeof reference === "string") schema = merge(lookUp(shop.root, reference), rest);
    else if (Array.isArray(allOf))
      schema = allOf.reduce((all: JsonObject, part) => merge(settle(shop, part, depth, step + 1), all), { ...rest });
    else if (Array.isArray(alternatives) && alternatives.length > 0)
      schema = merge(choose(shop, alternatives, depth), rest);
    else break;
  }
  return schema;
}

function merge(base: unknown, over: JsonObject): JsonObject {
  const under = isObject(base) ? base : {};
  const joined = { ...under, ...over };
  if (isObject(under.properties) && isObject(over.properties)) {
    joined.properties = { ...under.properties, ...over.properties };
  }
  if (Array.isArray(under.required) && Array.isArray(over.required))
    joined.required = [...under.required, ...over.required];
  return joined;
}

function choose(shop: Workshop, alternatives: readonly unknown[], depth: number): unknown {
  if (!isDeep(shop, depth)) return shop.source.random.pick(alternatives);
  const isFlat = (schema: unknown) => isObject(schema) && !/object|array/.test(String(schema.type)) && !schema.$ref;
  return alternatives.find(isFlat) ?? alternatives[0];
}

function lookUp(root: unknown, reference: string): unknown {
  const steps = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  return steps.reduce((at: unknown, step) => {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    return isObject(at) || Array.isArray(at) ? (at as JsonObject)[key] : undefined;
  }, root);
}

function typeOf(schema: JsonObject, mustEnd: boolean): string {
  const { type } = schema;
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return String(type.find((one) => (one === "null") === mustEnd) ?? type[0]);
  if (schema.properties !== undefined || schema.required !== undefined) return "object";
  if (schema.items !== undefined || schema.prefixItems !== undefined) return "array";
  return schema.minimum !== undefined || schema.maximum !== undefined ? "number" : "string";
}

function makeObject(shop: Workshop, schema: JsonObject, depth: number): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required: string[] = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const names = !isDeep(shop, depth) ? [...new Set([...Object.keys(properties), ...required])] : required;
  const made: JsonObject = {};
  for (const name of names) made[name] = make(shop, propertySchema(schema, properties, name), name, depth + 1);
  const least = count(schema.minProperties) ?? 0;
  for (let extra = 1; Object.keys(made).length < least; extra++) {
    made[`field${extra}`] = make(shop, schema.additionalProperties, "", depth + 1);
  }
  return made;
}

const propertySchema = (schema: JsonObject, properties: JsonObject, name: string): unknown =>
  Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;

function makeArray(shop: Workshop, schema: JsonObject, name: string, depth: number): unknown[] {
  const fixed = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const least = count(schema.minItems) ?? 0;
  const most = count(schema.maxItems) ?? Math.max(least, 4);
  const wanted = !isDeep(shop, depth) ? Math.max(least, fixed.length, shop.source.random.between(1, 3)) : least;
  const length = Math.min(most, schema.items === false ? fixed.length : wanted);
  const made: unknown[] = [];
  const seen = new Set<string>();
  for (let tries = 0; made.length < length && tries < length * 20; tries++) {
    const value = make(shop, fixed[made.length] ?? schema.items, name, depth + 1);
    const text = JSON.stringify(value);
    if (schema.uniqueItems === true && seen.has(text)) continue;
    seen.add(text);
    made.push(value);
  }
  return made;
}

function makeNumber(schema: JsonObject, { random, numbers }: ValueSource, isWhole: boolean): number {
  const step = typeof schema.multipleOf === "number" && schema.multipleOf > 0 ? schema.multipleOf : isWhole ? 1 : 0.5;
  const lowest =
    bound(schema.minimum, schema.exclusiveMinimum, step) ??
    Math.min(1, (bound(schema.maximum, schema.exclusiveMaximum, -step) ?? 1) - 10 * step);
  const highest = bound(schema.maximum, schema.exclusiveMaximum, -step) ?? lowest + 100 * step;
  const fits = (value: number) => value >= lowest && value <= highest && Number.isInteger(value / step);
  const own = numbers.find(fits);
  if (own !== undefined) return own;
  const first = Math.ceil(lowest / step);
  const last = Math.floor(highest / step);
  // Bounds closer together than a step leave only themselves.
  return last < first ? lowest : Number((random.between(first, last) * step).toPrecision(12));
}

/** The inclusive bound; the exclusive one moved inwards by a step. */
function bound(inclusive: unknown, exclusive: unknown, inwards: number): number | undefined {
  const own = typeof inclusive === "number" ? inclusive : undefined;
  const other = typeof exclusive === "number" ? exclusive + inwards : undefined;
  if (own === undefined || other === undefined) return own ?? other;
  return inwards > 0 ? Math.max(own, other) : Math.min(own, other);
}

const count = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
