import { describe, expect, it } from "vitest";
import { addExtra, unknownFields } from "./json.ts";

describe("further fields", () => {
  it("are those whose names are not known, whatever they are called", () => {
    const object = JSON.parse('{"a":1,"b":null,"__proto__":{"x":1}}');
    expect(JSON.stringify(unknownFields(object, new Set(["a"])))).toBe('{"b":null,"__proto__":{"x":1}}');
    expect(unknownFields({ a: 1 }, new Set(["a"]))).toBeUndefined();
  });

  it("complete an object at every depth and replace nothing in it", () => {
    const target = { a: 1, b: undefined, c: null, inner: { x: 1 }, list: [1] };
    addExtra(target, '{"a":2,"b":2,"c":2,"d":2,"inner":{"x":2,"y":2},"list":[2]}');
    expect(target).toEqual({ a: 1, b: 2, c: null, d: 2, inner: { x: 1, y: 2 }, list: [1] });
  });

  it("cannot change what an object inherits", () => {
    const target = addExtra({}, '{"__proto__":{"x":1}}');
    expect(target).not.toHaveProperty("x");
  });

  it("that are no JSON object are an error that does not quote them", () => {
    for (const text of ['{"secret', "[]", "null"]) {
      expect(() => addExtra({}, text)).toThrow("extra_json of a message of the platform is not a JSON object");
    }
  });
});
