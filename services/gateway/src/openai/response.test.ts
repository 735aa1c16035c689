import { ChatResponse } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { anAnswer } from "../testing/messages.ts";
import { chatFrom } from "./request.ts";
import { chatCompletionJson } from "./response.ts";

/** What a caller reads. */
const read = (response: ChatResponse, switchyard?: object) =>
  JSON.parse(JSON.stringify(chatCompletionJson(response, switchyard)));

describe("a whole answer", () => {
  it("has the shape of OpenAI's chat completion", () => {
    expect(read(anAnswer(), { model: "m" })).toEqual({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "qwen3-8b-upstream",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello!", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 3,
        total_tokens: 12,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
      switchyard: { model: "m" },
    });
  });

  it("carries parallel tool calls and no content", () => {
    const answer = ChatResponse.create({
      choices: [
        {
          message: {
            role: "ROLE_ASSISTANT",
            toolCalls: [
              { id: "a", name: "f", arguments: "{}" },
              { id: "b", name: "g", arguments: '{"x":1}' },
            ],
          },
          finishReason: "tool_calls",
        },
      ],
    });
    expect(read(answer).choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "b", type: "function", function: { name: "g", arguments: '{"x":1}' } },
        ],
      },
    });
  });

  it("hands on a call that is not of a function as the provider sent it", () => {
    const toolCalls = [{ id: "a", extraJson: '{"type":"custom","custom":{"name":"sql","input":"SELECT 1"}}' }];
    const answer = ChatResponse.create({ choices: [{ message: { role: "ROLE_ASSISTANT", toolCalls } }] });
    expect(read(answer).choices[0].message.tool_calls).toEqual([
      { id: "a", type: "custom", custom: { name: "sql", input: "SELECT 1" } },
    ]);
  });

  it("carries log-probabilities with their bytes", () => {
    const choices = [
      {
        logprobs: {
          content: [{ token: "é", logprob: -0.5, utf8: Buffer.from("é"), topLogprobs: [{ token: "e", logprob: -1 }] }],
        },
      },
    ];
    expect(read(ChatResponse.create({ choices })).choices[0].logprobs).toEqual({
      content: [
        { token: "é", logprob: -0.5, bytes: [195, 169], top_logprobs: [{ token: "e", logprob: -1, bytes: null }] },
      ],
      refusal: null,
    });
  });

  it("merges unknown fields where they came from, without replacing its own", () => {
    const answer = ChatResponse.create({
      ...anAnswer(),
      extraJson: '{"service_tier":"default","object":"other","provider":{"x":1}}',
      usage: {
        inputTokens: 9n,
        outputTokens: 3n,
        extraJson:
          '{"prompt_tokens_details":{"audio_tokens":2,"cached_tokens":99},"prompt_cache_hit_tokens":7,"total_tokens":1}',
      },
      choices: [
        {
          extraJson: '{"content_filter_results":{"hate":false}}',
          message: { role: "ROLE_ASSISTANT", extraJson: '{"reasoning_content":"hmm","annotations":[]}' },
        },
      ],
    });
    const json = read(answer);
    expect(json).toMatchObject({ object: "chat.completion", service_tier: "default", provider: { x: 1 } });
    expect(json.usage).toMatchObject({
      total_tokens: 12,
      prompt_cache_hit_tokens: 7,
      prompt_tokens_details: { audio_tokens: 2, cached_tokens: 0 },
    });
    expect(json.choices[0]).toMatchObject({
      content_filter_results: { hate: false },
      message: { reasoning_content: "hmm", annotations: [] },
    });
  });

  it("gives a message back as it was asked, unknown fields included", () => {
    const message = {
      role: "assistant",
      content: [
        { type: "text", text: "look", cache_control: { type: "ephemeral" } },
        { type: "image_url", image_url: { url: "https://x/y.png", detail: "low", fps: 2 } },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav", rate: 8 } },
        { type: "file", file: { file_id: "f-1" } },
      ],
      refusal: "no",
      name: "bot",
      tool_calls: [{ id: "a", type: "function", index: 0, function: { name: "f", arguments: "{}", parsed: null } }],
      reasoning_content: "hmm",
    };
    const [translated] = chatFrom({ messages: [message] }).chat.messages;
    const wired = ChatResponse.decode(
      ChatResponse.encode(ChatResponse.create({ choices: [{ message: translated as never }] })).finish(),
    );
    expect(read(wired).choices[0].message).toEqual(message);
  });
});
