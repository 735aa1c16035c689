import { ChatChunk } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { createChunkSequence, hasContent, missingIndex } from "./chunk-sequence.ts";

type Partial = Parameters<typeof ChatChunk.create>[0];
const chunk = (partial: Partial) => ChatChunk.create(partial);
const saying = (content: string, finishReason = "", index = 0) =>
  chunk({ choices: [{ index, delta: { role: "ROLE_ASSISTANT", content }, finishReason }] });
const calling = (index: number, id: string, name: string, text: string) =>
  chunk({ choices: [{ delta: { toolCalls: [{ index, id, name, arguments: text }] } }] });

describe("a chunk sequence", () => {
  it("is complete when every choice that came has ended", () => {
    const sequence = createChunkSequence();
    expect(sequence.completeChoiceCount()).toBe(0);
    sequence.accept(saying("a", "", 0));
    sequence.accept(saying("b", "stop", 1));
    expect(sequence.completeChoiceCount()).toBe(0);
    sequence.accept(saying("", "length", 0));
    expect(sequence.completeChoiceCount()).toBe(2);
  });

  it("keeps usage for the last chunk, the last one where the provider counts along", () => {
    const sequence = createChunkSequence();
    const first = sequence.accept(chunk({ ...saying("a"), usage: { inputTokens: 3n, outputTokens: 1n } }));
    expect(first?.usage).toBeUndefined();
    expect(first?.choices).toHaveLength(1);
    expect(sequence.accept(chunk({ id: "x", usage: { inputTokens: 3n, outputTokens: 2n } }))).toBeUndefined();
    expect(sequence.usageChunk()).toMatchObject({ id: "x", choices: [], usage: { outputTokens: 2n } });
  });

  it("hands on a chunk that carries neither choices nor usage", () => {
    const received = chunk({ extraJson: '{"prompt_filter_results":[]}' });
    expect(createChunkSequence().accept(received)).toBe(received);
  });

  it("gives the role in the first chunk of a choice only", () => {
    const sequence = createChunkSequence();
    expect(sequence.accept(saying("a"))?.choices[0]?.delta?.role).toBe("ROLE_ASSISTANT");
    expect(sequence.accept(saying("b"))?.choices[0]?.delta?.role).toBe("ROLE_UNSPECIFIED");
    expect(sequence.accept(saying("c", "", 1))?.choices[0]?.delta?.role).toBe("ROLE_ASSISTANT");
  });

  it("gives id and name of a tool call in its first piece only", () => {
    const sequence = createChunkSequence();
    const pieces = [calling(0, "call_1", "search", ""), calling(0, "call_1", "search", "{}")];
    const calls = pieces.map((piece) => sequence.accept(piece)?.choices[0]?.delta?.toolCalls[0]);
    expect(calls[0]).toMatchObject({ index: 0, id: "call_1", name: "search" });
    expect(calls[1]).toMatchObject({ index: 0, id: "", name: "", arguments: "{}" });
  });

  it("finds out which call a piece without an index belongs to", () => {
    const sequence = createChunkSequence();
    const pieces = [
      calling(missingIndex, "call_1", "search", "{"),
      calling(missingIndex, "", "", "}"),
      calling(missingIndex, "call_2", "fetch", "["),
      calling(missingIndex, "call_1", "", " "),
      calling(missingIndex, "", "", "]"),
    ];
    const indexes = pieces.map((piece) => sequence.accept(piece)?.choices[0]?.delta?.toolCalls[0]?.index);
    expect(indexes).toEqual([0, 0, 1, 0, 1]);
  });
});

describe("hasContent", () => {
  it("is false for a role, an empty text and empty further fields", () => {
    expect(hasContent(saying(""))).toBe(false);
    expect(hasContent(chunk({ choices: [{ delta: { extraJson: '{"reasoning_content":"","x":null,"y":[]}' } }] }))).toBe(
      false,
    );
    expect(hasContent(chunk({ extraJson: '{"prompt_filter_results":[1]}' }))).toBe(false);
  });

  it("is true for text, a refusal, a tool call, reasoning and the end", () => {
    expect(hasContent(saying("a"))).toBe(true);
    expect(hasContent(chunk({ choices: [{ delta: { refusal: "no" } }] }))).toBe(true);
    expect(hasContent(calling(0, "call_1", "search", ""))).toBe(true);
    expect(hasContent(chunk({ choices: [{ delta: { extraJson: '{"reasoning_content":"so"}' } }] }))).toBe(true);
    expect(hasContent(saying("", "stop"))).toBe(true);
  });
});
