import type { ChatChunk } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { aChunk, endChunk, textChunk, usageChunk } from "../testing/messages.ts";
import { chunkSequence } from "./chunk-sequence.ts";

const report = { cost_usd: 0.5 };

interface SentToolCalls {
  readonly choices: readonly [{ readonly delta: { readonly tool_calls: readonly object[] } }];
}

/** Everything that goes out for these chunks, as the caller parses it. */
function sent(includesUsage: boolean, chunks: ChatChunk[], counted?: { inputTokens: bigint; outputTokens: bigint }) {
  const sequence = chunkSequence(includesUsage);
  const pushed = chunks.map((chunk) => sequence.push(chunk));
  const usage = counted && { cachedInputTokens: 0n, reasoningTokens: 0n, extraJson: "", ...counted };
  return JSON.parse(JSON.stringify([...pushed.flat(), ...sequence.finish(report, usage)]));
}

describe("the chunks of a stream", () => {
  it("hold the end back until the report is known, and nothing else", () => {
    const sequence = chunkSequence(false);
    expect(sequence.push(textChunk("a"))).toHaveLength(1);
    expect(sequence.push(endChunk())).toHaveLength(0);
    expect(sequence.finish(report, undefined)).toMatchObject([
      { choices: [{ finish_reason: "stop" }], switchyard: report },
    ]);
  });

  it("tell no usage unless asked to", () => {
    const out = sent(false, [textChunk("a"), endChunk(), usageChunk()]);
    expect(out).toHaveLength(2);
    expect(out.some((chunk: object) => "usage" in chunk)).toBe(false);
    expect(out[1]).toMatchObject({ choices: [{ finish_reason: "stop" }], switchyard: report });
  });

  it("tell the usage in a last chunk without choices if asked to, and null before", () => {
    const out = sent(true, [textChunk("a"), endChunk(), usageChunk()]);
    expect(out.map((chunk: { usage: unknown }) => chunk.usage)).toEqual([
      null,
      null,
      expect.objectContaining({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }),
    ]);
    expect(out[2]).toMatchObject({ id: "chatcmpl-1", choices: [], switchyard: report });
    expect(out[1]).not.toHaveProperty("switchyard");
  });

  it("split a usage off that came with the end of the answer", () => {
    const end = aChunk({ choices: [{ finishReason: "stop" }], usage: { inputTokens: 1n, outputTokens: 2n } });
    expect(sent(true, [end])).toMatchObject([
      { choices: [{ finish_reason: "stop" }], usage: null },
      { choices: [], usage: { total_tokens: 3 }, switchyard: report },
    ]);
    expect(sent(false, [end])).toMatchObject([{ choices: [{ finish_reason: "stop" }], switchyard: report }]);
  });

  it("tell what was counted where the provider told no usage", () => {
    const out = sent(true, [textChunk("a"), endChunk()], { inputTokens: 5n, outputTokens: 6n });
    expect(out.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 11 }, switchyard: report });
  });

  it("keep the order of several choices that end one after the other", () => {
    const end = (index: number) => aChunk({ choices: [{ index, finishReason: "stop" }] });
    const text = aChunk({ choices: [{ index: 1, delta: { content: "b" } }] });
    const out = sent(false, [textChunk("a"), end(0), text, end(1)]);
    expect(out.map(({ choices: [choice] }: { choices: { index: number }[] }) => choice?.index)).toEqual([0, 0, 1, 1]);
    expect(out.map((chunk: object) => "switchyard" in chunk)).toEqual([false, false, false, true]);
  });

  it("carry interleaved pieces of parallel tool calls with their index", () => {
    const piece = (index: number, fields: object) =>
      aChunk({ choices: [{ delta: { toolCalls: [{ index, ...fields }] } }] });
    const out = sent(false, [
      piece(0, { id: "a", name: "f" }),
      piece(1, { id: "b", name: "g" }),
      piece(0, { arguments: "{}" }),
      piece(1, { arguments: "[]", extraJson: '{"z":1}' }),
      endChunk("tool_calls"),
    ]);
    expect(out.slice(0, 4).map(({ choices: [choice] }: SentToolCalls) => choice.delta.tool_calls[0])).toEqual([
      { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
      { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } },
      { index: 0, function: { arguments: "{}" } },
      { index: 1, function: { arguments: "[]" }, z: 1 },
    ]);
  });

  it("carry the role in the first piece, and unknown fields of chunk, choice and delta", () => {
    const first = aChunk({
      extraJson: '{"obfuscation":"x"}',
      choices: [
        {
          extraJson: '{"tail":1}',
          delta: { role: "ROLE_ASSISTANT", content: "", extraJson: '{"reasoning_content":"hm"}' },
        },
      ],
    });
    const [chunk] = sent(false, [first, endChunk()]);
    expect(chunk).toMatchObject({
      object: "chat.completion.chunk",
      obfuscation: "x",
      choices: [{ tail: 1, finish_reason: null, delta: { role: "assistant", content: "", reasoning_content: "hm" } }],
    });
  });

  it("pass on what a provider says before the first choice, and join what it says after the last", () => {
    const before = aChunk({ extraJson: '{"prompt_filter_results":[]}' });
    const after = aChunk({ extraJson: '{"service_tier":"default"}' });
    const out = sent(false, [before, textChunk("a"), endChunk(), after]);
    expect(out).toHaveLength(3);
    expect(out[0]).toMatchObject({ choices: [], prompt_filter_results: [] });
    expect(out[2]).toMatchObject({ service_tier: "default", switchyard: report });
  });
});
