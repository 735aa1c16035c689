import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "./json.ts";
import { chatFrom } from "./request.ts";

const user = (content: unknown): JsonObject => ({ role: "user", content });
const ask = (fields: JsonObject): JsonObject => ({ model: "auto", messages: [user("hi")], ...fields });
const chat = (fields: JsonObject = {}) => chatFrom(ask(fields)).chat;

/** The field and message of the refusal. */
function refusal(body: JsonObject): { field: string; description: string } | undefined {
  try {
    chatFrom(body);
    return undefined;
  } catch (error) {
    return (error as { fieldViolations: { field: string; description: string }[] }).fieldViolations[0];
  }
}

describe("a chat request", () => {
  it("carries every parameter that the contracts know", () => {
    const asked = chat({
      temperature: 0,
      top_p: 0.5,
      max_tokens: 7,
      stop: ["a", "b"],
      seed: -5,
      n: 2,
      presence_penalty: -1,
      frequency_penalty: 0,
      logit_bias: { "50256": -100 },
      logprobs: true,
      top_logprobs: 0,
      reasoning_effort: "low",
      parallel_tool_calls: false,
    });
    expect(asked).toMatchObject({
      model: "auto",
      temperature: 0,
      topP: 0.5,
      maxTokens: 7,
      stop: ["a", "b"],
      seed: -5n,
      n: 2,
      presencePenalty: -1,
      frequencyPenalty: 0,
      logitBias: { "50256": -100 },
      logprobs: true,
      topLogprobs: 0,
      reasoningEffort: "low",
      parallelToolCalls: false,
      extraJson: "",
    });
  });

  it("survives the wire as it is", () => {
    const asked = chat({
      messages: [
        user([
          { type: "text", text: "é𝄞" },
          { type: "file", file: { file_id: "f" } },
        ]),
      ],
      logit_bias: { "1": 2.5 },
      seed: 9_007_199_254_740_991,
      metadata: { a: "b" },
    });
    expect(ChatRequest.decode(ChatRequest.encode(asked).finish())).toEqual(asked);
  });

  it("leaves absent and null parameters absent", () => {
    const silent = chat();
    expect(
      chat({ temperature: null, max_tokens: null, stop: null, tools: null, seed: null, response_format: null }),
    ).toEqual(silent);
    expect(silent).toMatchObject({ temperature: undefined, maxTokens: undefined, stop: [], tools: [], logitBias: {} });
  });

  it("takes max_completion_tokens over max_tokens and remembers the name", () => {
    const asked = chatFrom(ask({ max_tokens: 5, max_completion_tokens: 9 }));
    expect(asked.chat.maxTokens).toBe(9);
    expect(asked.maxTokensField).toBe("max_completion_tokens");
  });

  it("takes a single stop sequence for a list of one", () => {
    expect(chat({ stop: "END" }).stop).toEqual(["END"]);
  });

  it("keeps fields it does not know, and only those, as they are", () => {
    const extra = { metadata: { k: "v" }, store: true, service_tier: "flex", top_k: 40, logit_processors: null };
    expect(JSON.parse(chat({ ...extra, user: "u", stream: false, switchyard: { task: "code" } }).extraJson)).toEqual(
      extra,
    );
  });

  it("keeps unknown stream options of a stream", () => {
    const asked = chatFrom(ask({ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }));
    expect(asked).toMatchObject({ isStreamed: true, includesUsage: true });
    expect(JSON.parse(asked.chat.extraJson)).toEqual({ stream_options: { include_obfuscation: false } });
  });

  it("tells OpenAI's user apart from the request", () => {
    const asked = chatFrom(ask({ user: "u-1" }));
    expect(asked.user).toBe("u-1");
    expect(asked.chat.extraJson).toBe("");
  });

  it("refuses parameters of a wrong JSON type by name", () => {
    expect(refusal({ model: 5 })).toEqual({ field: "model", description: "must be a string, not a number" });
    expect(refusal({ messages: {} })).toEqual({ field: "messages", description: "must be an array, not an object" });
    expect(refusal(ask({ temperature: "hot" }))?.field).toBe("temperature");
    expect(refusal(ask({ stream: "yes" }))?.field).toBe("stream");
    expect(refusal(ask({ stream_options: { include_usage: 1 } }))?.field).toBe("stream_options.include_usage");
    expect(refusal(ask({ max_tokens: 1.5 }))?.field).toBe("max_tokens");
    expect(refusal(ask({ max_completion_tokens: 2 ** 31 }))?.field).toBe("max_completion_tokens");
    expect(refusal(ask({ seed: 1e300 }))?.field).toBe("seed");
    expect(refusal(ask({ stop: ["a", 1] }))?.field).toBe("stop[1]");
    expect(refusal(ask({ stop: 1 }))?.field).toBe("stop");
    expect(refusal(ask({ logit_bias: { a: "b" } }))?.field).toBe("logit_bias[a]");
  });

  it("leaves the judgement of values to the router", () => {
    expect(chatFrom({ messages: [] }).chat).toMatchObject({ model: "", messages: [] });
    expect(chat({ max_tokens: -1, temperature: 99 })).toMatchObject({ maxTokens: -1, temperature: 99 });
  });

  it("refuses fields nested deeper than they can be passed on", () => {
    const deep = JSON.parse("[".repeat(200_000) + "]".repeat(200_000)) as unknown;
    expect(refusal(ask({ strange: deep }))).toEqual({ field: "body", description: "is nested too deeply" });
  });
});

describe("a message", () => {
  const message = (value: unknown) => chat({ messages: [value] }).messages[0];

  it.each([
    ["system", "ROLE_SYSTEM"],
    ["developer", "ROLE_DEVELOPER"],
    ["user", "ROLE_USER"],
    ["assistant", "ROLE_ASSISTANT"],
    ["tool", "ROLE_TOOL"],
  ])("of the role %s keeps it", (role, expected) => {
    expect(message({ role, content: "x" })?.role).toBe(expected);
  });

  it("holds text, images, sound and parts of other types in order, with their unknown fields", () => {
    const file = { type: "file", file: { file_id: "f-1" }, more: [1] };
    const content = message(
      user([
        { type: "text", text: "look", cache_control: { type: "ephemeral" } },
        { type: "image_url", image_url: { url: "https://x/y.png", detail: "low", fps: 2 }, z: 1 },
        { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        file,
      ]),
    )?.content;
    expect(content?.map(({ part }) => part)).toEqual([
      { $case: "text", value: "look" },
      { $case: "image", value: { url: "https://x/y.png", detail: "low" } },
      { $case: "image", value: { url: "data:image/png;base64,AA==", detail: "" } },
      { $case: "audio", value: { data: "AAAA", format: "wav" } },
      { $case: "otherJson", value: JSON.stringify(file) },
    ]);
    expect(content?.map(({ extraJson }) => extraJson)).toEqual([
      '{"cache_control":{"type":"ephemeral"}}',
      '{"z":1,"image_url":{"fps":2}}',
      "",
      "",
      "",
    ]);
  });

  it("of the assistant keeps parallel tool calls, refusal, name and unknown fields", () => {
    const spoken = message({
      role: "assistant",
      content: null,
      name: "bot",
      refusal: "no",
      reasoning_content: "hmm",
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
        { id: "b", type: "function", index: 1, function: { name: "g", arguments: '{"x":', parsed: null } },
      ],
    });
    expect(spoken).toMatchObject({
      content: [],
      name: "bot",
      refusal: "no",
      extraJson: '{"reasoning_content":"hmm"}',
      toolCalls: [
        { id: "a", name: "f", arguments: "{}", extraJson: "" },
        { id: "b", name: "g", arguments: '{"x":', extraJson: '{"index":1,"function":{"parsed":null}}' },
      ],
    });
  });

  it("of a tool names the call it answers", () => {
    expect(message({ role: "tool", tool_call_id: "a", content: "42" })?.toolCallId).toBe("a");
  });

  it("tells an empty text from none", () => {
    expect(message(user(""))?.content).toHaveLength(1);
    expect(message({ role: "assistant" })?.content).toHaveLength(0);
  });

  it.each([
    [{ role: "function", name: "f", content: "x" }, "messages[1].role"],
    [{ role: "owner", content: "x" }, "messages[1].role"],
    [{ content: "x" }, "messages[1].role"],
    [{ role: 5 }, "messages[1].role"],
    ["hi", "messages[1]"],
    [user(5), "messages[1].content"],
    [user([5]), "messages[1].content[0]"],
    [user([{ text: "x" }]), "messages[1].content[0].type"],
    [user([{ type: "text", text: 5 }]), "messages[1].content[0].text"],
    [user([{ type: "text" }]), "messages[1].content[0].text"],
    [user([{ type: "image_url", image_url: "https://x" }]), "messages[1].content[0].image_url"],
    [user([{ type: "image_url", image_url: {} }]), "messages[1].content[0].image_url.url"],
    [user([{ type: "input_audio", input_audio: { data: "AA==" } }]), "messages[1].content[0].input_audio.format"],
    [{ role: "assistant", tool_calls: [{ type: "custom", custom: {} }] }, "messages[1].tool_calls[0].type"],
    [
      { role: "assistant", tool_calls: [{ function: { arguments: {} } }] },
      "messages[1].tool_calls[0].function.arguments",
    ],
  ])("that is malformed is refused by the name of its field: %j", (value, field) => {
    expect(refusal(ask({ messages: [user("ok"), value] }))?.field).toBe(field);
  });
});

describe("tools", () => {
  it("keep schema, strictness and unknown fields", () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, $defs: {} };
    const tools = [
      { type: "function", function: { name: "weather", description: "d", parameters, strict: true, x: 1 }, cache: 2 },
      { type: "function", function: { name: "now" } },
    ];
    const [weather, now] = chat({ tools }).tools;
    expect(weather).toMatchObject({ name: "weather", description: "d", strict: true });
    expect(JSON.parse(weather?.parametersJson ?? "")).toEqual(parameters);
    expect(JSON.parse(weather?.extraJson ?? "")).toEqual({ cache: 2, function: { x: 1 } });
    expect(now).toEqual({ name: "now", description: "", parametersJson: "", strict: undefined, extraJson: "" });
  });

  it("are refused by name where they are malformed or no functions", () => {
    expect(refusal(ask({ tools: [{ type: "function" }] }))?.field).toBe("tools[0].function");
    expect(refusal(ask({ tools: [{ type: "custom", custom: { name: "x" } }] }))?.field).toBe("tools[0].type");
    expect(refusal(ask({ tools: [{ function: { name: "f", parameters: "{}" } }] }))?.field).toBe(
      "tools[0].function.parameters",
    );
  });

  it("are chosen by mode, by name, or in a form that is handed on", () => {
    const allowed = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } };
    expect(chat({ tool_choice: "required" }).toolChoice?.choice).toEqual({ $case: "mode", value: "required" });
    expect(chat({ tool_choice: { type: "function", function: { name: "f" } } }).toolChoice?.choice).toEqual({
      $case: "function",
      value: "f",
    });
    expect(chat({ tool_choice: allowed }).toolChoice?.choice).toEqual({
      $case: "otherJson",
      value: JSON.stringify(allowed),
    });
    expect(refusal(ask({ tool_choice: 1 }))?.field).toBe("tool_choice");
  });
});

describe("a response format", () => {
  const format = (value: unknown) => chat({ response_format: value }).responseFormat?.format;

  it("is text, any JSON object, or a schema", () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    expect(format({ type: "text" })).toEqual({ $case: "text", value: {} });
    expect(format({ type: "json_object" })).toEqual({ $case: "jsonObject", value: {} });
    expect(format({ type: "json_schema", json_schema: { name: "s", description: "d", schema, strict: true } })).toEqual(
      {
        $case: "jsonSchema",
        value: { name: "s", description: "d", schemaJson: JSON.stringify(schema), strict: true },
      },
    );
  });

  it("is refused by name where it would be changed unseen", () => {
    const field = (value: unknown) => refusal(ask({ response_format: value }))?.field;
    expect(field("json")).toBe("response_format");
    expect(field({})).toBe("response_format.type");
    expect(field({ type: "grammar" })).toBe("response_format.type");
    expect(field({ type: "json_object", schema: {} })).toBe("response_format.schema");
    expect(field({ type: "json_schema" })).toBe("response_format.json_schema");
    expect(field({ type: "json_schema", json_schema: { name: "s", shape: {} } })).toBe(
      "response_format.json_schema.shape",
    );
  });
});
