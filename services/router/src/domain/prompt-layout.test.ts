import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { createLayout, promptPrefixOf } from "./prompt-layout.ts";

type Parts = NonNullable<Parameters<typeof ChatRequest.fromPartial>[0]>;
const chat = (parts: Parts = {}) => ChatRequest.fromPartial({ model: "auto", ...parts });
const says = (role: "ROLE_SYSTEM" | "ROLE_USER", text: string) => ({
  role,
  content: [{ part: { $case: "text" as const, value: text } }],
});
const layOut = createLayout();
const laidTools = (...tools: NonNullable<Parts["tools"]>) => layOut(chat({ tools })).tools;
const schemaOf = (parametersJson: string) => laidTools({ name: "f", parametersJson })[0]?.parametersJson;

describe("the layout of a prompt", () => {
  it("is the same for tools that come in another order, with keywords in another order and other white space", () => {
    const one = laidTools(
      { name: "a", parametersJson: '{"type":"object","properties":{"x":{"type":"string","description":"d"}}}' },
      { name: "b" },
    );
    const other = laidTools(
      { name: "b" },
      {
        name: "a",
        parametersJson: '{ "properties": {"x": {"description": "d", "type": "string"}}, "type": "object" }',
      },
    );
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  it("keeps the order of properties, in which models write, also of those named like keywords", () => {
    expect(schemaOf('{"properties":{"reasoning":{},"answer":{},"default":{"type":"string","enum":["b","a"]}}}')).toBe(
      '{"properties":{"reasoning":{},"answer":{},"default":{"enum":["b","a"],"type":"string"}}}',
    );
  });

  it("leaves values alone that are no schemas", () => {
    const text = '{"const":{"b":1,"a":2},"default":{"b":1,"a":2},"enum":[{"b":1,"a":2}],"required":["z","y"]}';
    expect(schemaOf(text)).toBe(text);
  });

  it("walks into alternatives and items", () => {
    expect(schemaOf('{"anyOf":[{"type":"array","items":{"type":"string","minLength":1}}]}')).toBe(
      '{"anyOf":[{"items":{"minLength":1,"type":"string"},"type":"array"}]}',
    );
  });

  it("keeps a property that is named __proto__", () => {
    expect(schemaOf('{"properties":{"__proto__":{"type":"string"}}}')).toContain('"__proto__":{"type":"string"}');
  });

  it("keeps the order of tools that carry marks for the provider", () => {
    const marked = { name: "a", extraJson: '{"cache_control":{"type":"ephemeral"}}' };
    expect(laidTools({ name: "b" }, marked).map(({ name }) => name)).toEqual(["b", "a"]);
  });

  it("puts the schema of the answer in order, too, and never touches messages", () => {
    const asked = chat({
      messages: [says("ROLE_USER", "first"), says("ROLE_SYSTEM", "late")],
      responseFormat: {
        format: { $case: "jsonSchema", value: { name: "n", schemaJson: '{"type":"object","$id":"x"}' } },
      },
    });
    const laid = layOut(asked);
    expect(laid.messages).toBe(asked.messages);
    expect(laid.responseFormat?.format).toMatchObject({ value: { schemaJson: '{"$id":"x","type":"object"}' } });
  });

  it("is the request itself where there is nothing to lay out", () => {
    const asked = chat({ messages: [says("ROLE_USER", "hello")] });
    expect(layOut(asked)).toBe(asked);
  });
});

describe("what stands first in a prompt", () => {
  const of = (...messages: ReturnType<typeof says>[]) => promptPrefixOf(chat({ messages }));

  it("is the same whatever the turns behind the instructions are", () => {
    expect(of(says("ROLE_SYSTEM", "Be brief."), says("ROLE_USER", "one"))).toBe(
      of(says("ROLE_SYSTEM", "Be brief."), says("ROLE_USER", "two"), says("ROLE_SYSTEM", "late")),
    );
  });

  it("changes with the instructions and the tools", () => {
    const prefixes = [
      of(says("ROLE_SYSTEM", "Be brief. It is 10:01.")),
      of(says("ROLE_SYSTEM", "Be brief. It is 10:02.")),
      promptPrefixOf(chat({ messages: [says("ROLE_SYSTEM", "Be brief. It is 10:02.")], tools: [{ name: "f" }] })),
    ];
    expect(new Set(prefixes).size).toBe(3);
  });

  it("is nothing where a prompt begins with a turn", () => {
    expect(of(says("ROLE_USER", "hello"))).toBe("");
  });
});
