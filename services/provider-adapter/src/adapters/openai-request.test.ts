import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { toChatBody } from "./openai-request.ts";

type Partial = NonNullable<Parameters<typeof ChatRequest.create>[0]>;
type PartialMessage = NonNullable<Partial["messages"]>[number];

const options = { model: "acme-1", stream: false, maxTokensField: "max_tokens", prefill: undefined } as const;
// Through JSON, as it is sent: undefined fields vanish.
const bodyOf = (chat: Partial, changed = {}) =>
  JSON.parse(JSON.stringify(toChatBody(ChatRequest.create(chat), { ...options, ...changed })));
const messageOf = (message: PartialMessage) => bodyOf({ messages: [message] }).messages[0];
const text = (value: string, extraJson = "") => ({ part: { $case: "text" as const, value }, extraJson });

describe("toChatBody", () => {
  it("sends nothing but model and messages where nothing else is asked for", () => {
    expect(bodyOf({ model: "auto", messages: [{ role: "ROLE_USER", content: [text("hi")] }] })).toEqual({
      model: "acme-1",
      messages: [{ role: "user", content: "hi" }],
    });
  });

  it("sends every sampling parameter, zeros included", () => {
    const chat = {
      parallelToolCalls: false,
      temperature: 0,
      topP: 0,
      maxTokens: 5,
      seed: 0n,
      n: 2,
      presencePenalty: 0,
      frequencyPenalty: -1.5,
      logprobs: false,
      topLogprobs: 0,
      reasoningEffort: "low",
      stop: ["END"],
      logitBias: { "50256": -100 },
    };
    expect(bodyOf(chat)).toEqual({
      model: "acme-1",
      messages: [],
      parallel_tool_calls: false,
      temperature: 0,
      top_p: 0,
      max_tokens: 5,
      seed: 0,
      n: 2,
      presence_penalty: 0,
      frequency_penalty: -1.5,
      logprobs: false,
      top_logprobs: 0,
      reasoning_effort: "low",
      stop: ["END"],
      logit_bias: { "50256": -100 },
    });
  });

  it("bounds the output in the field that the provider knows", () => {
    const body = bodyOf({ maxTokens: 5 }, { maxTokensField: "max_completion_tokens" });
    expect(body).toMatchObject({ max_completion_tokens: 5 });
    expect(body).not.toHaveProperty("max_tokens");
  });

  it("asks a stream for its usage, whatever the caller says of streaming", () => {
    const extraJson = '{"stream":false,"stream_options":{"include_usage":false,"include_obfuscation":false}}';
    expect(bodyOf({ extraJson }, { stream: true })).toMatchObject({
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    });
    expect(bodyOf({ extraJson: '{"stream":true,"stream_options":{}}' })).toEqual({ model: "acme-1", messages: [] });
  });

  it("hands on further fields, but never over the model and messages", () => {
    const extraJson = '{"top_k":40,"chat_template_kwargs":{"enable_thinking":false},"model":"other","messages":[]}';
    const body = bodyOf({ extraJson, messages: [{ role: "ROLE_USER", content: [text("hi")] }] });
    expect(body).toMatchObject({ top_k: 40, chat_template_kwargs: { enable_thinking: false }, model: "acme-1" });
    expect(body.messages).toHaveLength(1);
  });

  it.each(["max_tokens", "max_completion_tokens"] as const)(
    "lets no further field past what was checked and reserved (bound in %s)",
    (maxTokensField) => {
      const extraJson = JSON.stringify({
        max_tokens: 1_000_000,
        max_completion_tokens: 1_000_000,
        n: 100,
        model: "other",
        stream: false,
        stream_options: { include_usage: false },
      });
      const sent = { model: "acme-1", messages: [], stream: true, stream_options: { include_usage: true } };
      const changed = { maxTokensField, stream: true };
      expect(bodyOf({ extraJson }, changed)).toEqual(sent);
      expect(bodyOf({ extraJson, maxTokens: 5, n: 1 }, changed)).toEqual({ ...sent, [maxTokensField]: 5, n: 1 });
    },
  );

  it.each([0n, -1n, 9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)])("sends the seed %d exactly", (seed) => {
    const body = toChatBody(ChatRequest.create({ seed }), options);
    expect(JSON.stringify(body)).toBe(`{"model":"acme-1","messages":[],"seed":${seed}}`);
  });

  it.each([
    ["ROLE_SYSTEM", "system"],
    ["ROLE_DEVELOPER", "developer"],
    ["ROLE_USER", "user"],
    ["ROLE_ASSISTANT", "assistant"],
    ["ROLE_TOOL", "tool"],
  ] as const)("writes %s as %s", (role, expected) => {
    expect(messageOf({ role, content: [text("hi")] })).toMatchObject({ role: expected, content: "hi" });
  });

  it("sends several parts, and parts with further fields, as a list", () => {
    const content = [
      text("look", '{"cache_control":{"type":"ephemeral"}}'),
      { part: { $case: "image" as const, value: { url: "data:image/png;base64,AA==", detail: "low" } } },
      { part: { $case: "image" as const, value: { url: "https://example.test/a.png" } } },
      { part: { $case: "audio" as const, value: { data: "AAAA", format: "wav" } } },
      { part: { $case: "otherJson" as const, value: '{"type":"file","file":{"file_id":"f1"}}' } },
    ];
    expect(messageOf({ role: "ROLE_USER", content }).content).toEqual([
      { type: "text", text: "look", cache_control: { type: "ephemeral" } },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
      { type: "image_url", image_url: { url: "https://example.test/a.png" } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      { type: "file", file: { file_id: "f1" } },
    ]);
    expect(messageOf({ role: "ROLE_USER", content: [text("x", '{"cache_control":1}')] }).content).toEqual([
      { type: "text", text: "x", cache_control: 1 },
    ]);
  });

  it("sends an assistant message that only calls tools with content null", () => {
    const toolCalls = [
      {
        id: "call_1",
        name: "search",
        arguments: '{"q":1}',
        extraJson: '{"extra_content":{"google":{"thought_signature":"s"}}}',
      },
      { id: "call_2", name: "search", arguments: "not json" },
    ];
    expect(messageOf({ role: "ROLE_ASSISTANT", toolCalls, extraJson: '{"reasoning_content":"so"}' })).toEqual({
      role: "assistant",
      content: null,
      reasoning_content: "so",
      tool_calls: [
        {
          id: "call_1",
          type: "function",
          function: { name: "search", arguments: '{"q":1}' },
          extra_content: { google: { thought_signature: "s" } },
        },
        { id: "call_2", type: "function", function: { name: "search", arguments: "not json" } },
      ],
    });
  });

  it("sends tool results, names and refusals", () => {
    expect(messageOf({ role: "ROLE_TOOL", toolCallId: "call_1", content: [text("42")] })).toEqual({
      role: "tool",
      tool_call_id: "call_1",
      content: "42",
    });
    expect(messageOf({ role: "ROLE_USER", name: "ann", content: [text("")] })).toEqual({
      role: "user",
      name: "ann",
      content: "",
    });
    expect(messageOf({ role: "ROLE_ASSISTANT", refusal: "no" })).toEqual({
      role: "assistant",
      content: null,
      refusal: "no",
    });
  });

  it("sends tools with their schemas parsed", () => {
    const tools = [
      {
        name: "search",
        description: "finds",
        parametersJson: '{"type":"object"}',
        strict: false,
        extraJson: '{"cache_control":1}',
      },
      { name: "now" },
      { extraJson: '{"type":"custom","custom":{"name":"shell"}}' },
    ];
    expect(bodyOf({ tools }).tools).toEqual([
      {
        type: "function",
        function: { name: "search", description: "finds", parameters: { type: "object" }, strict: false },
        cache_control: 1,
      },
      { type: "function", function: { name: "now" } },
      { type: "custom", custom: { name: "shell" } },
    ]);
  });

  it.each([
    [{ $case: "mode", value: "required" }, "required"],
    [
      { $case: "function", value: "search" },
      { type: "function", function: { name: "search" } },
    ],
    [{ $case: "otherJson", value: '{"type":"allowed_tools"}' }, { type: "allowed_tools" }],
  ] as const)("sends the tool choice %j", (choice, expected) => {
    expect(bodyOf({ toolChoice: { choice } }).tool_choice).toEqual(expected);
  });

  it.each([
    [{ $case: "text", value: {} }, { type: "text" }],
    [{ $case: "jsonObject", value: {} }, { type: "json_object" }],
    [
      { $case: "jsonSchema", value: { name: "n", description: "d", schemaJson: '{"type":"object"}', strict: true } },
      { type: "json_schema", json_schema: { name: "n", description: "d", schema: { type: "object" }, strict: true } },
    ],
    [
      { $case: "jsonSchema", value: { name: "n" } },
      { type: "json_schema", json_schema: { name: "n" } },
    ],
  ] as const)("sends the response format %j", (format, expected) => {
    expect(bodyOf({ responseFormat: { format } as Partial["responseFormat"] }).response_format).toEqual(expected);
  });

  it("names the field whose JSON text is none", () => {
    expect(() => bodyOf({ tools: [{ name: "a" }, { name: "b", parametersJson: "{oops" }] })).toThrow(
      expect.objectContaining({
        reason: "INVALID_REQUEST",
        fieldViolations: [{ field: "chat.tools[1].parameters_json", description: "must be the text of a JSON object" }],
      }),
    );
    expect(() => bodyOf({ extraJson: "[]" })).toThrow("chat.extra_json");
    expect(() => messageOf({ role: "ROLE_USER", content: [text("a"), text("b", "1")] })).toThrow(
      "chat.messages[0].content[1].extra_json",
    );
    expect(() => messageOf({ content: [text("a")] })).toThrow("chat.messages[0].role");
  });
});

describe("a last message of the assistant", () => {
  const user = { role: "ROLE_USER" as const, content: [text("Count to three.")] };
  const assistant = { role: "ROLE_ASSISTANT" as const, content: [text("One, two,")] };
  const prefill = {
    message: { prefix: true, partial: { deep: 1 } },
    request: { continue_final_message: true, add_generation_prompt: false },
  };

  it("goes out as it is, as plain text", () => {
    expect(bodyOf({ messages: [user, assistant] })).toEqual({
      model: "acme-1",
      messages: [
        { role: "user", content: "Count to three." },
        { role: "assistant", content: "One, two," },
      ],
    });
  });

  it("goes out with what the provider needs to go on with it, in the message and in the request", () => {
    expect(bodyOf({ messages: [assistant, user, assistant], temperature: 0 }, { prefill, stream: true })).toEqual({
      model: "acme-1",
      messages: [
        { role: "assistant", content: "One, two," },
        { role: "user", content: "Count to three." },
        { role: "assistant", content: "One, two,", prefix: true, partial: { deep: 1 } },
      ],
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
      continue_final_message: true,
      add_generation_prompt: false,
    });
  });

  it("is gone on with whatever the caller says to that", () => {
    const chat = {
      messages: [{ ...assistant, extraJson: '{"prefix":false,"name":"x"}' }],
      extraJson: '{"continue_final_message":false}',
    };
    const body = bodyOf(chat, { prefill });
    expect(body.messages[0]).toMatchObject({ prefix: true, name: "x" });
    expect(body.continue_final_message).toBe(true);
  });

  it("is the only one that anything is added to, and adding leaves the configuration as it was", () => {
    expect(bodyOf({ messages: [assistant, user] }, { prefill })).toEqual(bodyOf({ messages: [assistant, user] }));
    expect(bodyOf({ messages: [] }, { prefill })).toEqual(bodyOf({ messages: [] }));
    expect(prefill.message).toEqual({ prefix: true, partial: { deep: 1 } });
  });
});
