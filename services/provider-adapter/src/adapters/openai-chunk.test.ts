import { describe, expect, it } from "vitest";
import { missingIndex } from "../domain/chunk-sequence.ts";
import { fixture } from "../testing/scripted-provider.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { fromChunk } from "./openai-chunk.ts";

const chunks = (name: string) =>
  fixture(name)
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => fromChunk(JSON.parse(line.slice("data: ".length))));

describe("fromChunk", () => {
  it("reads a chunk of OpenAI with its further fields", () => {
    const [first, second, , last, usage] = chunks("openai-stream.sse");
    expect(first).toEqual({
      id: "chatcmpl-S1",
      created: 1_789_000_003n,
      model: "gpt-4o-2024-08-06",
      choices: [
        {
          index: 0,
          delta: { role: "ROLE_ASSISTANT", content: "", refusal: undefined, toolCalls: [], extraJson: "" },
          finishReason: "",
          logprobs: undefined,
          extraJson: "",
        },
      ],
      usage: undefined,
      systemFingerprint: "fp_cbf1785567",
      extraJson: '{"service_tier":"default","obfuscation":"xK2"}',
    });
    expect(second?.choices[0]?.delta).toMatchObject({ role: "ROLE_UNSPECIFIED", content: "Hello" });
    expect(last?.choices[0]).toMatchObject({ finishReason: "stop", delta: { content: undefined } });
    expect(usage).toMatchObject({ choices: [], usage: { inputTokens: 19n, outputTokens: 6n } });
  });

  it("tells the pieces of interleaved tool calls apart", () => {
    const pieces = chunks("openai-interleaved-tools.sse").flatMap((chunk) => chunk.choices[0]?.delta?.toolCalls ?? []);
    const joined = [0, 1].map((index) => pieces.filter((piece) => piece.index === index));
    expect(joined.map((own) => own.map((piece) => piece.arguments).join(""))).toEqual([
      '{"city":"Paris"}',
      '{"zone":"CET"}',
    ]);
    expect(joined.map((own) => own[0])).toMatchObject([
      { id: "call_one", name: "get_weather" },
      { id: "call_two", name: "get_time" },
    ]);
  });

  it("keeps reasoning as the provider names it", () => {
    const deltas = chunks("deepseek-stream.sse").map((chunk) => chunk.choices[0]?.delta);
    expect(deltas.map((delta) => JSON.parse(delta?.extraJson || "{}").reasoning_content)).toEqual([
      "",
      "Compare the",
      " tenths.",
      null,
      null,
    ]);
    expect(deltas.map((delta) => delta?.content)).toEqual([undefined, undefined, undefined, "9.8", ""]);
  });

  it("marks a tool call without an index", () => {
    const call = { id: "c", function: { name: "f", arguments: {} } };
    const { choices } = fromChunk({ choices: [{ delta: { tool_calls: [call] } }] });
    expect(choices[0]?.delta?.toolCalls).toEqual([
      { index: missingIndex, id: "c", name: "f", arguments: "{}", extraJson: "" },
    ]);
  });

  it.each([1_024, 2 ** 31 - 1, 2 ** 40])("finds a tool call at the index %i malformed", (index) => {
    const chunkOf = (at: number) => ({ choices: [{ delta: { tool_calls: [{ index: at, id: "c" }] } }] });
    expect(() => fromChunk(chunkOf(index))).toThrow(MalformedAnswer);
    expect(fromChunk(chunkOf(1_023)).choices[0]?.delta?.toolCalls).toMatchObject([{ index: 1_023 }]);
  });

  it("takes the text of content that is a list of parts", () => {
    const { choices } = fromChunk({
      choices: [{ delta: { content: [{ type: "text", text: "Hi" }, { type: "thinking" }] } }],
    });
    expect(choices[0]?.delta?.content).toBe("Hi");
  });

  it.each([[null], ["text"], [[]], [{ choices: {} }], [{ choices: ["x"] }], [{ choices: [{ index: -1 }] }]])(
    "finds %j malformed",
    (chunk) => {
      expect(() => fromChunk(chunk)).toThrow(MalformedAnswer);
    },
  );
});
