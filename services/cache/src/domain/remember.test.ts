import type { Message } from "@switchyard/contracts/vocabulary/chat";
import { describe, expect, it } from "vitest";
import { answer, textPart } from "../testing.ts";
import { isForAll, isForRepetition } from "./answer.ts";
import { lifeMs } from "./remember.ts";

const endedWith = (...reasons: string[]) => {
  const { response } = answer("x");
  return { ...response, choices: reasons.flatMap((reason) => answer("x", reason).response.choices) };
};
const saying = (change: Partial<Message> | undefined) => {
  const response = endedWith("stop");
  const choices = response.choices.map((choice) => ({
    ...choice,
    message: change && ({ ...choice.message, content: [], ...change } as Message),
  }));
  return { ...response, choices };
};
const call = { id: "c", name: "f", arguments: "{}", extraJson: "" };

describe("an answer worth keeping for all who ask the same", () => {
  it.each(["stop", "tool_calls", "function_call"])("is one that ended with %s", (reason) => {
    expect(isForAll(endedWith(reason))).toBe(true);
  });

  it.each(["length", "content_filter", "", "STOP", "error"])("is not one that ended with %j", (reason) => {
    expect(isForAll(endedWith(reason))).toBe(false);
    expect(isForAll(endedWith("stop", reason))).toBe(false);
  });

  it.each<Partial<Message>>([
    { content: [textPart(""), textPart("x")] },
    { content: [{ part: { $case: "otherJson", value: "{}" }, extraJson: "" }] },
    { toolCalls: [call] },
    { refusal: "no" },
  ])("says something: %j", (message) => {
    expect(isForAll(saying(message))).toBe(true);
  });

  it.each<Partial<Message>>([
    {},
    { content: [textPart("")] },
    { content: [{ part: undefined, extraJson: "" }] },
    { refusal: "" },
  ])("is not one that says nothing: %j", (message) => {
    expect(isForAll(saying(message))).toBe(false);
    expect(isForRepetition(saying(message))).toBe(true);
  });
});

describe("an answer worth keeping for a repetition by idempotency key", () => {
  it.each(["stop", "tool_calls", "length", "content_filter"])("is one that ended with %s", (reason) => {
    expect(isForRepetition(endedWith("stop", reason))).toBe(true);
  });

  it.each(["", "error"])("is not one that broke off (%j)", (reason) => {
    expect(isForRepetition(endedWith("stop", reason))).toBe(false);
  });
});

it("an answer without a choice, or without a message in it, is worth nothing", () => {
  for (const nothing of [endedWith(), saying(undefined)]) {
    expect(isForAll(nothing)).toBe(false);
    expect(isForRepetition(nothing)).toBe(false);
  }
});

describe("the life of an entry", () => {
  const lives = { ttlSeconds: 100, idempotencyTtlSeconds: 1_000 };

  it("is the configured one, or a shorter one that was asked for", () => {
    expect(lifeMs("exact", lives, 0, undefined)).toBe(100_000);
    expect(lifeMs("exact", lives, 0, 10)).toBe(10_000);
    expect(lifeMs("exact", lives, 0, 1_000)).toBe(100_000);
    expect(lifeMs("exact", lives, 5, 10)).toBe(5_000);
  });

  it("of an idempotency key is its ticket's, never longer than configured nor shortened by the caller", () => {
    expect(lifeMs("replay", lives, 1_000, 10)).toBe(1_000_000);
    expect(lifeMs("replay", lives, 50, 10)).toBe(50_000);
    expect(lifeMs("replay", lives, 9_999, undefined)).toBe(1_000_000);
  });
});
