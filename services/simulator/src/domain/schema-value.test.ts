import { describe, expect, it } from "vitest";
import { valueFor } from "./schema-value.ts";
import { seededRandom } from "./seeded-random.ts";

/** Values for a schema under many seeds: what holds for them all is no accident. */
const values = (schema: unknown, source = {}) =>
  Array.from({ length: 40 }, (_, seed) =>
    valueFor(schema, { random: seededRandom(`seed ${seed}`), words: ["alpha", "beta"], numbers: [], ...source }),
  );

describe("valueFor", () => {
  it("gives the same value for the same seed", () => {
    const schema = { type: "object", properties: { a: { type: "string" }, n: { type: "number" } } };
    expect(values(schema)).toEqual(values(schema));
  });

  it("takes const and enum as they are", () => {
    expect(new Set(values({ const: 0 }))).toEqual(new Set([0]));
    for (const value of values({ type: "string", enum: ["red", "green"] })) expect(["red", "green"]).toContain(value);
  });

  it("keeps numbers within their bounds and on their steps", () => {
    for (const value of values({ type: "integer", minimum: 3, maximum: 5 })) expect([3, 4, 5]).toContain(value);
    for (const value of values({ type: "integer", exclusiveMinimum: 3, exclusiveMaximum: 5 })) expect(value).toBe(4);
    for (const value of values({ type: "number", minimum: 0, maximum: 1, multipleOf: 0.25 })) {
      expect([0, 0.25, 0.5, 0.75, 1]).toContain(value);
    }
    for (const value of values({ type: "integer", maximum: -10 })) expect(value).toBeLessThanOrEqual(-10);
    for (const value of values({ type: "number", minimum: 0.1, maximum: 0.2 })) {
      expect(value).toBeGreaterThanOrEqual(0.1);
      expect(value).toBeLessThanOrEqual(0.2);
    }
  });

  it("uses a number of the prompt where the schema allows it", () => {
    expect(values({ type: "integer", minimum: 1, maximum: 10 }, { numbers: [99, 7] })[0]).toBe(7);
  });

  it("keeps strings within their lengths, counted in characters", () => {
    for (const value of values({ type: "string", minLength: 12, maxLength: 14 }) as string[]) {
      expect([...value].length).toBeGreaterThanOrEqual(12);
      expect([...value].length).toBeLessThanOrEqual(14);
    }
    for (const value of values({ type: "string", maxLength: 2 }) as string[])
      expect(value.length).toBeLessThanOrEqual(2);
  });

  it.each([
    ["date", /^\d{4}-\d\d-\d\d$/],
    ["date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
    ["email", /^[^@ ]+@[^@ ]+$/],
    ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/],
    ["ipv4", /^192\.0\.2\.\d+$/],
  ])("knows the format %s", (format, expected) => {
    for (const value of values({ type: "string", format })) expect(value).toMatch(expected);
  });

  it.each([["^[A-Z]{3}-\\d{3}$"], ["^\\d{5}$"], ["^#[0-9a-f]{6}$"], ["^v\\d+\\.\\d+\\.\\d+$"]])(
    "finds a text for the pattern %s",
    (pattern) => {
      for (const value of values({ type: "string", pattern })) expect(value).toMatch(new RegExp(pattern));
    },
  );

  it("makes every property, and the required ones that are not described", () => {
    const schema = {
      type: "object",
      properties: {
        name: { type: "string" },
        tags: { type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 },
      },
      required: ["name", "other"],
      additionalProperties: { type: "boolean" },
    };
    for (const value of values(schema)) {
      expect(value).toEqual({
        name: expect.any(String),
        tags: [expect.any(String), expect.any(String)],
        other: expect.any(Boolean),
      });
    }
  });

  it("keeps arrays within their counts, their places and without repetition", () => {
    for (const value of values({
      type: "array",
      items: { enum: [1, 2, 3, 4] },
      minItems: 3,
      uniqueItems: true,
    }) as number[][]) {
      expect(value.length).toBeGreaterThanOrEqual(3);
      expect(new Set(value).size).toBe(value.length);
    }
    for (const value of values({ type: "array", items: { type: "null" }, maxItems: 0 })) expect(value).toEqual([]);
    const pair = { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false };
    for (const value of values(pair)) expect(value).toEqual([expect.any(String), expect.any(Number)]);
  });

  it("follows references and joins alternatives", () => {
    const schema = {
      $defs: { point: { type: "object", properties: { x: { type: "integer" } }, required: ["x"] } },
      type: "object",
      properties: {
        at: { $ref: "#/$defs/point" },
        either: { anyOf: [{ const: "a" }, { const: "b" }] },
        both: { allOf: [{ $ref: "#/$defs/point" }, { properties: { y: { const: 1 } }, required: ["y"] }] },
      },
      required: ["at", "either", "both"],
    };
    const made = values(schema) as { either: string }[];
    for (const value of made) {
      expect(value).toMatchObject({ at: { x: expect.any(Number) }, both: { x: expect.any(Number), y: 1 } });
    }
    expect(new Set(made.map(({ either }) => either))).toEqual(new Set(["a", "b"]));
  });

  it("comes to an end with schemas that contain themselves", () => {
    const list = {
      type: "object",
      properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
      required: ["next"],
    };
    const depthOf = (value: unknown): number => (value === null ? 0 : 1 + depthOf((value as { next: unknown }).next));
    for (const value of values(list)) expect(depthOf(value)).toBeLessThan(10);
    const tree = {
      type: "object",
      properties: { children: { type: "array", items: { $ref: "#" } } },
      required: ["children"],
    };
    for (const value of values(tree)) expect(value).toHaveProperty("children");
    const wide = {
      type: "object",
      properties: Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`child${at}`, { $ref: "#" }])),
    };
    expect(JSON.stringify(values(wide)[0]).length).toBeLessThan(200_000);
    expect(() => values({ allOf: [{ $ref: "#" }] })).not.toThrow();
    expect(() => values({ type: "object", properties: { a: { $ref: "#" } }, required: ["a"] })).not.toThrow();
  });

  it("makes something of a schema that says nothing", () => {
    for (const schema of [{}, true, undefined, "nonsense"]) expect(values(schema)[0]).toEqual(expect.any(String));
    expect(values({ type: ["null", "integer"] })[0]).toEqual(expect.any(Number));
  });
});
