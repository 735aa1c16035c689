import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import { describe, expect, it } from "vitest";
import { chatRequest, textPart } from "../testing.ts";
import { digestOf, splitRequest } from "./request-digest.ts";

const requestDigest = (chat: ChatRequest, scope: string) => digestOf(splitRequest(chat, scope));

const digests = (requests: ChatRequest[]) => requests.map((request) => requestDigest(request, ""));

function expectAllDifferent(requests: ChatRequest[]): void {
  expect(new Set(digests(requests)).size).toBe(requests.length);
}

function expectAllSame(requests: ChatRequest[]): void {
  expect(new Set(digests(requests)).size).toBe(1);
}

type Messages = NonNullable<Parameters<typeof chatRequest>[0]>["messages"];
const messages = (...list: NonNullable<Messages>) => chatRequest({ messages: list });
const says = (...texts: string[]) => ({ role: "ROLE_USER", content: texts.map(textPart) }) as const;

describe("the digest of a request", () => {
  it("is the same for the same request, and has the form of a SHA-256", () => {
    expectAllSame([chatRequest(), chatRequest()]);
    expect(requestDigest(chatRequest(), "")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("differs when text moves across messages, parts and roles", () => {
    expectAllDifferent([
      messages(says("ab"), says("c")),
      messages(says("a"), says("bc")),
      messages(says("abc")),
      messages(says("ab", "c")),
      messages(says("a", "bc")),
      messages(says("a", "b", "c")),
      messages(says("abc", "")),
      messages(says("abc"), says("")),
      messages(says("c"), says("ab")),
      messages({ ...says("abc"), role: "ROLE_SYSTEM" }),
      messages({ ...says("abc"), role: "ROLE_DEVELOPER" }),
      messages({ ...says("abc"), role: "ROLE_ASSISTANT" }),
      messages({ ...says("ab"), role: "ROLE_SYSTEM" }, says("c")),
      messages({ ...says("bc"), name: "a" }),
      messages({ ...says("bc"), toolCallId: "a" }),
      messages({ ...says("abc"), refusal: "" }),
      messages({ ...says("abc"), refusal: "no" }),
      messages(says('abc",""],["ROLE_USER')),
      messages(says("abc\u0000")),
      messages(says(" abc")),
      messages(says("ABC")),
    ]);
  });

  it("differs by the kind of a part, not only by its text", () => {
    const part = (...content: ReturnType<typeof textPart>[]) => messages({ role: "ROLE_USER", content });
    expectAllDifferent([
      part(textPart("x")),
      part({ part: { $case: "image", value: { url: "x", detail: "" } }, extraJson: "" }),
      part({ part: { $case: "image", value: { url: "x", detail: "low" } }, extraJson: "" }),
      part({ part: { $case: "audio", value: { data: "x", format: "" } }, extraJson: "" }),
      part({ part: { $case: "audio", value: { data: "x", format: "wav" } }, extraJson: "" }),
      part({ part: { $case: "otherJson", value: "x" }, extraJson: "" }),
      part({ part: undefined, extraJson: "x" }),
      part({ ...textPart("x"), extraJson: '{"cache_control":{"type":"ephemeral"}}' }),
    ]);
  });

  it("differs by everything a model is told", () => {
    const call = { id: "1", name: "f", arguments: "{}", extraJson: "" };
    const tool = { name: "f", description: "", parametersJson: "", extraJson: "" };
    const base = says("x");
    expectAllDifferent([
      chatRequest(),
      chatRequest({ model: "gpt-4o" }),
      messages({ ...base, toolCalls: [call] }),
      messages({ ...base, toolCalls: [{ ...call, id: "2" }] }),
      messages({ ...base, toolCalls: [{ ...call, name: "g" }] }),
      messages({ ...base, toolCalls: [{ ...call, arguments: "{ }" }] }),
      messages({ ...base, toolCalls: [call, call] }),
      messages({ ...base, extraJson: '{"a":1}' }),
      chatRequest({ tools: [tool] }),
      chatRequest({ tools: [{ ...tool, name: "g" }] }),
      chatRequest({ tools: [{ ...tool, description: "f" }] }),
      chatRequest({ tools: [{ ...tool, parametersJson: "{}" }] }),
      chatRequest({ tools: [{ ...tool, strict: false }] }),
      chatRequest({ tools: [{ ...tool, strict: true }] }),
      chatRequest({ tools: [tool, tool] }),
      chatRequest({ toolChoice: { choice: { $case: "mode", value: "none" } } }),
      chatRequest({ toolChoice: { choice: { $case: "function", value: "none" } } }),
      chatRequest({ toolChoice: { choice: { $case: "otherJson", value: "none" } } }),
      chatRequest({ parallelToolCalls: false }),
      chatRequest({ parallelToolCalls: true }),
      chatRequest({ responseFormat: { format: { $case: "jsonObject", value: {} } } }),
      chatRequest({ responseFormat: { format: { $case: "jsonSchema", value: { name: "a", schemaJson: "{}" } } } }),
      chatRequest({ responseFormat: { format: { $case: "jsonSchema", value: { name: "b", schemaJson: "{}" } } } }),
      chatRequest({ temperature: 0 }),
      chatRequest({ temperature: 0.1 }),
      chatRequest({ temperature: Number.NaN }),
      chatRequest({ topP: 0 }),
      chatRequest({ topP: 1 }),
      chatRequest({ maxTokens: 1 }),
      chatRequest({ maxTokens: 10 }),
      chatRequest({ stop: ["ab", "c"] }),
      chatRequest({ stop: ["a", "bc"] }),
      chatRequest({ stop: ["abc"] }),
      chatRequest({ stop: ["a,b"] }),
      chatRequest({ stop: [""] }),
      chatRequest({ seed: 0n }),
      chatRequest({ seed: 9007199254740993n }),
      chatRequest({ seed: 9007199254740992n }),
      chatRequest({ n: 2 }),
      chatRequest({ presencePenalty: 0.5 }),
      chatRequest({ frequencyPenalty: 0.5 }),
      chatRequest({ logitBias: { 12: 1 } }),
      chatRequest({ logitBias: { 1: 21 } }),
      chatRequest({ logitBias: { 1: 2, 3: 4 } }),
      chatRequest({ logprobs: true }),
      chatRequest({ topLogprobs: 0 }),
      chatRequest({ topLogprobs: 1 }),
      chatRequest({ reasoningEffort: "low" }),
      chatRequest({ extraJson: '{"top_k":1}' }),
      chatRequest({ extraJson: '{"top_k":2}' }),
    ]);
  });

  it("differs by scope, which does not mix with the model", () => {
    const all = [
      requestDigest(chatRequest({ model: "a" }), "bc"),
      requestDigest(chatRequest({ model: "ab" }), "c"),
      requestDigest(chatRequest({ model: "abc" }), ""),
      requestDigest(chatRequest({ model: "" }), "abc"),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("is the same where an absent field means what the other says", () => {
    const format = { format: { $case: "text", value: {} } } as const;
    expectAllSame([
      chatRequest(),
      chatRequest({ n: 1, presencePenalty: 0, frequencyPenalty: 0, logprobs: false, responseFormat: format }),
    ]);
  });

  it("is the same however JSON fields and maps are ordered", () => {
    const withJson = (json: string, logitBias: Record<string, number>) =>
      chatRequest({ tools: [{ name: "f", parametersJson: json }], extraJson: json, logitBias });
    expectAllSame([
      withJson('{"type":"object","properties":{}}', { a: 1, b: 2 }),
      withJson('{ "properties": {}, "type": "object" }', { b: 2, a: 1 }),
    ]);
  });
});
