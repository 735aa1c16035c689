import { ChatChunk, ChatResponse } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { response } from "../../testing/fixtures.ts";
import { replay } from "../replay.ts";
import { assembly } from "./assemble.ts";

const chunk = (delta: object, more: object = {}) =>
  ChatChunk.fromPartial({ id: "a", model: "m", choices: [{ index: 0, delta, ...more }] });

describe("an answer put together from chunks", () => {
  it("joins text, refusals and reasoning", () => {
    const answer = assembly();
    answer.add(chunk({ role: "ROLE_ASSISTANT", content: "" }));
    answer.add(chunk({ extraJson: '{"reasoning_content":"first, "}' }));
    answer.add(chunk({ extraJson: '{"reasoning_content":"then"}' }));
    answer.add(chunk({ content: "Hel" }));
    answer.add(chunk({ content: "lo" }, { finishReason: "stop" }));
    expect(answer.response().choices[0]).toMatchObject({
      finishReason: "stop",
      message: {
        content: [{ part: { $case: "text", value: "Hello" } }],
        extraJson: '{"reasoning_content":"first, then"}',
      },
    });
    expect(answer.text()).toBe("Hello");
  });

  it("keeps interleaved tool calls apart by their index", () => {
    const answer = assembly();
    const piece = (index: number, more: object) => chunk({ toolCalls: [{ index, ...more }] });
    answer.add(piece(0, { id: "c0", name: "weather" }));
    answer.add(piece(1, { id: "c1", name: "time" }));
    answer.add(piece(1, { arguments: '{"city":' }));
    answer.add(piece(0, { arguments: '{"city":"Rome"}' }));
    answer.add(piece(1, { arguments: '"Oslo"}' }));
    expect(answer.response().choices[0]?.message?.toolCalls).toEqual([
      { id: "c0", name: "weather", arguments: '{"city":"Rome"}', extraJson: "" },
      { id: "c1", name: "time", arguments: '{"city":"Oslo"}', extraJson: "" },
    ]);
  });

  it("takes any tool-call index without making room for those before it", () => {
    const answer = assembly();
    answer.add(chunk({ toolCalls: [{ index: 2_000_000_000, id: "far", name: "f", arguments: "{}" }] }));
    expect(answer.response().choices[0]?.message?.toolCalls).toHaveLength(1);
  });

  it("is complete only when every choice has ended", () => {
    const answer = assembly();
    expect(answer.isComplete()).toBe(false);
    answer.add(
      ChatChunk.fromPartial({
        choices: [
          { index: 0, finishReason: "stop" },
          { index: 1, delta: { content: "x" } },
        ],
      }),
    );
    expect(answer.isComplete()).toBe(false);
    answer.add(ChatChunk.fromPartial({ choices: [{ index: 1, finishReason: "length" }] }));
    expect(answer.isComplete()).toBe(true);
  });
});

describe("an answer replayed as a stream", () => {
  const roundTrip = (whole: ChatResponse) => {
    const answer = assembly();
    for (const piece of replay(whole)) answer.add(piece);
    return answer.response();
  };

  it("is the same answer again, emoji across pieces included", () => {
    const whole = response("😀".repeat(300));
    expect(roundTrip(whole)).toEqual(whole);
    for (const piece of replay(whole)) {
      const content = piece.choices[0]?.delta?.content ?? "";
      expect(content.isWellFormed()).toBe(true);
    }
  });

  it("keeps tool calls, log-probabilities, several choices and further fields", () => {
    const whole = ChatResponse.fromPartial({
      ...response("unused"),
      extraJson: '{"service_tier":"flex"}',
      choices: [0, 1].map((index) => ({
        index,
        message: {
          role: "ROLE_ASSISTANT" as const,
          toolCalls: [{ id: `c${index}`, name: "weather", arguments: "{}", extraJson: "" }],
          extraJson: '{"reasoning_content":"why"}',
        },
        finishReason: "tool_calls",
        logprobs: { content: [{ token: "a", logprob: -0.1 }] },
        extraJson: '{"stop_reason":1}',
      })),
    });
    expect(roundTrip(whole)).toEqual(whole);
  });
});
