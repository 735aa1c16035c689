import { describe, expect, it } from "vitest";
import type { Embedder } from "../ports.ts";
import { chatRequest, textPart } from "../testing.ts";
import {
  circleOfPartition,
  isComparable,
  isMeaning,
  type MeaningMaker,
  partitionOf,
  readMeaning,
  scopeOfPartition,
} from "./meaning.ts";
import { type Circle, scopeOf } from "./place.ts";
import { splitRequest } from "./request-digest.ts";

const circle: Circle = { space: "acme", sensitivity: "SENSITIVITY_INTERNAL", user: undefined };
const version = "v1";
type Fields = Parameters<typeof chatRequest>[0];

/** The partition of a request with this last turn. */
function partition(text: string, fields: Fields = {}, changes: Partial<Circle> = {}, scope = ""): string {
  const chat = chatRequest({ ...fields });
  chat.messages.push({ ...chatRequest().messages[0], role: "ROLE_USER", content: [textPart(text)] } as never);
  const { stable, text: last } = splitRequest(chat, scope);
  return partitionOf(scopeOf({ ...circle, ...changes }, stable), last ?? "", "", version, 3);
}

const english = "How do I reset my password?";
const earlier = (...texts: string[]) => ({
  messages: texts.map((text) => ({ role: "ROLE_SYSTEM" as const, content: [textPart(text)] })),
});

describe("a partition", () => {
  it("is the same for every text of one language, and for no other request, circle or embedder", () => {
    const own = partition(english);
    expect(partition("What is the capital of France?")).toBe(own);
    const { stable } = splitRequest(chatRequest(), "");
    const others = [
      partition("Wie setze ich mein Passwort zurück?"),
      partition("パスワードをリセットするにはどうすればよいですか"),
      partition(english, {}, { space: "other" }),
      partition(english, {}, { space: "@group:acme" }),
      partition(english, {}, { sensitivity: "SENSITIVITY_PUBLIC" }),
      partition(english, {}, { sensitivity: "SENSITIVITY_CONFIDENTIAL", user: "ann" }),
      partition(english, {}, { user: "ann" }),
      partition(english, {}, { user: "bob" }),
      partition(english, {}, { user: "" }),
      partition(english, {}, {}, "min_tier=standard"),
      partition(english, { model: "m" }),
      partition(english, earlier("Be brief.")),
      partition(english, earlier("Be", "brief.")),
      partition(english, earlier("Be brief", ".")),
      partition(english, { tools: [{ name: "a" }] }),
      partition(english, { tools: [{ name: "b" }] }),
      partition(english, { toolChoice: { choice: { $case: "mode", value: "none" } } }),
      partition(english, { responseFormat: { format: { $case: "jsonObject", value: {} } } }),
      partition(english, { responseFormat: { format: { $case: "jsonSchema", value: { name: "a" } } } }),
      partition(english, { temperature: 0 }),
      partition(english, { temperature: 0.5 }),
      partition(english, { topP: 0.5 }),
      partition(english, { maxTokens: 5 }),
      partition(english, { stop: ["."] }),
      partition(english, { seed: 1n }),
      partition(english, { presencePenalty: 1 }),
      partition(english, { frequencyPenalty: 1 }),
      partition(english, { logitBias: { 1: 1 } }),
      partition(english, { logprobs: true }),
      partition(english, { reasoningEffort: "low" }),
      partition(english, { extraJson: '{"a":1}' }),
      partitionOf(scopeOf(circle, stable), english, "", "v2", 3),
      partitionOf(scopeOf(circle, stable), english, "", version, 4),
      partitionOf(scopeOf(circle, stable), english, "2", version, 3),
      partitionOf(scopeOf(circle, stable), english, "3", version, 3),
    ];
    expect(new Set([own, ...others]).size).toBe(others.length + 1);
  });

  it("counts with those whose marks are others where it is known how hits did, and with no other", () => {
    const of = (mark: string, embedderVersion = version) =>
      circleOfPartition(partitionOf(scopeOf(circle, "s"), english, mark, embedderVersion, 3));
    expect(of("2")).toBe(of(""));
    expect(of("2")).toBe(of("3"));
    expect(of("2", "v2")).not.toBe(of("2"));
  });
});

describe("the meaning of a text", () => {
  const scope = scopeOf(circle, "s");
  const embedder = (...values: number[]): Embedder => ({
    version,
    embed: async () => ({ vectors: [Float32Array.from(values)], attempt: undefined }),
  });
  const maker = (of: Embedder, mark = ""): MeaningMaker => ({ embedder: of, markOf: () => mark });
  const read = (...values: number[]) =>
    readMeaning(scope, english, maker(embedder(...values)), { signal: undefined, deadline: undefined });

  it("tells its scope, and is known again", async () => {
    const { meaning } = await read(0.6, 0.8);
    expect(scopeOfPartition(meaning?.partition ?? "")).toBe(scope);
    const own = maker(embedder());
    expect(meaning && isMeaning(meaning, own)).toBe(true);
    expect(meaning && isMeaning(meaning, maker({ ...embedder(), version: "v2" }))).toBe(false);
    expect(meaning && isMeaning(meaning, maker(embedder(), "2"))).toBe(false);
    expect(meaning && isMeaning({ ...meaning, text: "Wo ist das Hotel?" }, own)).toBe(false);
    expect(meaning && isMeaning({ ...meaning, vector: Float32Array.of(0.6, 0.9) }, own)).toBe(false);
  });

  it.each([[[0, 0]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 0]], [[]]])(
    "is none with the vector %j",
    async (values) => {
      expect((await read(...values)).meaning).toBeUndefined();
    },
  );

  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ["", false],
    [" \n", false],
    ["x".repeat(4_000), true],
    ["x".repeat(4_001), false],
  ])("may be read or not (%#)", (text, expected) => {
    expect(isComparable(text)).toBe(expected);
  });
});
