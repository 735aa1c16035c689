import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

describe("canonical JSON", () => {
  it("is the same however the value is written", () => {
    const canonical = canonicalJson('{"a":[1,{"b":null,"c":"A\\n"}],"z":true}');
    expect(canonicalJson(' { "z" : true,\n "a":[1.0, {"c":"\\u0041\\u000a", "b":null}] } ')).toBe(canonical);
    expect(canonicalJson(canonical)).toBe(canonical);
  });

  it("is different for different values", () => {
    const values = [
      "",
      "{}",
      "[]",
      "null",
      '""',
      "0",
      '"0"',
      "false",
      '{"a":1}',
      '{"a":"1"}',
      '{"a":[1]}',
      '{"a":null}',
      '{"__proto__":1}',
      '{"__proto__":{"a":1}}',
      '{"a":{"b":1},"c":2}',
      '{"a":{"b":1,"c":2}}',
      '["a","b"]',
      '["a,b"]',
      '[["a"],"b"]',
      '["b","a"]',
      '{"a":1,"b":2}',
      '{"a":2,"b":1}',
      '{"1":0,"10":0}',
      '{"a\\",\\"b":1}',
      "no JSON",
      "{",
      '{"a":1}}',
      '{"n":12345678901234567890}',
      '{"n":12345678901234567891}',
      '{"n":0.10000000000000001}',
      '{"n":0.1}',
      '{"n":1e400}',
      '{"n":2e400}',
      '{"n":null}',
      '{"n":1234567.1234567890}',
      '{"n":1234567.1234567891}',
      '"\\ud800"',
      '"\\ufffd"',
      '"\\\\ud800"',
      '{"a":1 }x',
    ];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
  });

  it("leaves what it cannot walk as it is", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(canonicalJson(deep)).toBe(deep);
  });
});
