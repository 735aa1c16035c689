import { describe, expect, it } from "vitest";
import { fixture } from "../testing/scripted-provider.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { fromChatResponse } from "./openai-response.ts";

const read = (name: string) => fromChatResponse(JSON.parse(fixture(name)));

describe("fromChatResponse", () => {
  it("takes a choice that neither ended nor says anything for broken", () => {
    const answer = (message: object, finish_reason: string | null) =>
      fromChatResponse({ choices: [{ index: 0, message, finish_reason }] });
    expect(() => answer({ role: "assistant", content: "" }, null)).toThrow(MalformedAnswer);
    expect(answer({ role: "assistant", content: "" }, "stop").choices).toHaveLength(1);
    expect(answer({ role: "assistant", content: "Hi" }, null).choices).toHaveLength(1);
  });

  it("reads an answer of OpenAI with all its further fields", () => {
    const response = read("openai-chat.json");
    expect(response).toEqual({
      id: "chatcmpl-CkP1aXq7zM0fVhB2",
      created: 1_789_000_001n,
      model: "gpt-4o-2024-08-06",
      choices: [
        {
          index: 0,
          message: {
            role: "ROLE_ASSISTANT",
            content: [{ part: { $case: "text", value: "Paris is the capital of France." }, extraJson: "" }],
            name: "",
            toolCalls: [],
            toolCallId: "",
            refusal: undefined,
            extraJson: '{"annotations":[]}',
          },
          finishReason: "stop",
          logprobs: undefined,
          extraJson: "",
        },
      ],
      usage: {
        inputTokens: 1117n,
        cachedInputTokens: 1024n,
        outputTokens: 7n,
        reasoningTokens: 0n,
        extraJson:
          '{"prompt_tokens_details":{"audio_tokens":0},"completion_tokens_details":{"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}',
      },
      systemFingerprint: "fp_cbf1785567",
      extraJson: '{"service_tier":"default"}',
    });
  });

  it("reads tool calls and log-probabilities", () => {
    const [choice] = read("openai-tool-calls.json").choices;
    expect(choice).toMatchObject({ finishReason: "tool_calls", message: { content: [] } });
    expect(choice?.message?.toolCalls).toEqual([
      { id: "call_aaa", name: "get_weather", arguments: '{"city":"Paris"}', extraJson: "" },
      { id: "call_bbb", name: "get_time", arguments: '{"zone":"CET"}', extraJson: "" },
    ]);
    expect(choice?.logprobs).toEqual({
      content: [
        {
          token: "Hi",
          logprob: -0.25,
          utf8: Buffer.from("Hi"),
          topLogprobs: [{ token: "Hey", logprob: -1.5, utf8: Buffer.alloc(0), topLogprobs: [] }],
        },
      ],
      refusal: [],
    });
  });

  it("keeps DeepSeek's reasoning and cache counts", () => {
    const { choices, usage } = read("deepseek-chat.json");
    expect(JSON.parse(choices[0]?.message?.extraJson ?? "")).toEqual({
      reasoning_content: "Compare the tenths: 8 is more than 1.",
    });
    expect(usage).toMatchObject({
      inputTokens: 512n,
      cachedInputTokens: 448n,
      outputTokens: 31n,
      reasoningTokens: 24n,
    });
    expect(JSON.parse(usage?.extraJson ?? "")).toEqual({ prompt_cache_hit_tokens: 448, prompt_cache_miss_tokens: 64 });
  });

  it("keeps vLLM's fields of choice and answer", () => {
    const { choices, extraJson } = read("vllm-chat.json");
    expect(JSON.parse(choices[0]?.extraJson ?? "")).toEqual({ stop_reason: null, token_ids: null });
    expect(JSON.parse(extraJson)).toMatchObject({
      kv_transfer_params: null,
      prompt_logprobs: [null, expect.anything()],
    });
  });

  it("reads content that is a list of parts", () => {
    const content = [
      { type: "thinking", thinking: [] },
      { type: "text", text: "Yes.", citations: [1] },
    ];
    const { choices } = fromChatResponse({ choices: [{ message: { role: "assistant", content } }] });
    expect(choices[0]?.message?.content).toEqual([
      { part: { $case: "otherJson", value: '{"type":"thinking","thinking":[]}' }, extraJson: "" },
      { part: { $case: "text", value: "Yes." }, extraJson: '{"citations":[1]}' },
    ]);
  });

  it("keeps a tool call of another kind whole", () => {
    const call = { id: "c", type: "custom", custom: { name: "shell", input: "ls" } };
    const { choices } = fromChatResponse({ choices: [{ message: { content: null, tool_calls: [call] } }] });
    expect(choices[0]?.message?.toolCalls).toEqual([
      { id: "c", name: "", arguments: "", extraJson: '{"type":"custom","custom":{"name":"shell","input":"ls"}}' },
    ]);
  });

  it.each(["error", "abort", "network_error", "insufficient_system_resource"])(
    "finds a choice that ended by %s broken off",
    (finishReason) => {
      const choice = { message: { content: "Half of it" }, finish_reason: finishReason };
      expect(() => fromChatResponse({ choices: [choice] })).toThrow(MalformedAnswer);
    },
  );

  it("puts choices in the order of their index", () => {
    const choice = (index: number) => ({ index, message: { content: String(index) } });
    const { choices } = fromChatResponse({ choices: [choice(1), choice(0)] });
    expect(choices.map(({ index }) => index)).toEqual([0, 1]);
  });

  it.each([
    ["text", "oops"],
    ["a list", []],
    ["no choices", { id: "x" }],
    ["empty choices", { choices: [] }],
    ["a choice without a message", { choices: [{ index: 0 }] }],
    ["a choice at an impossible position", { choices: [{ index: 4e9, message: {} }] }],
  ])("finds %s malformed", (_what, answer) => {
    expect(() => fromChatResponse(answer)).toThrow(MalformedAnswer);
  });
});
