import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { describe, expect, it } from "vitest";
import { violationsOfChat } from "./validate-chat.ts";

const text = (value: string) => [{ part: { $case: "text" as const, value } }];
const user = { role: "ROLE_USER" as const, content: text("hi") };
const fields = (change: Parameters<typeof ChatRequest.create>[0]) =>
  violationsOfChat(ChatRequest.fromPartial({ model: "auto", messages: [user], ...change }), "chat").map(
    ({ field }) => field,
  );

describe("a chat request", () => {
  it("is right as the simplest clients send it", () => {
    expect(fields({})).toEqual([]);
    expect(fields({ maxTokens: 1, temperature: 0, topP: 1, n: 1, stop: ["a", "b", "c", "d"] })).toEqual([]);
  });

  it("may have an assistant message without text where it calls tools", () => {
    const assistant = { role: "ROLE_ASSISTANT" as const, toolCalls: [{ id: "1", name: "f", arguments: "{}" }] };
    expect(
      fields({ messages: [user, assistant, { role: "ROLE_TOOL", toolCallId: "1", content: text("ok") }] }),
    ).toEqual([]);
  });

  it.each([
    ["chat.model", { model: "" }],
    ["chat.messages", { messages: [] }],
    ["chat.messages[0].role", { messages: [{ content: text("hi") }] }],
    ["chat.messages[1].content", { messages: [user, { role: "ROLE_USER" as const }] }],
    ["chat.messages[0].content[0]", { messages: [{ role: "ROLE_USER" as const, content: [{}] }] }],
    [
      "chat.messages[0].content[0].image.url",
      {
        messages: [
          {
            role: "ROLE_USER" as const,
            content: [{ part: { $case: "image" as const, value: { url: "file:///etc/passwd" } } }],
          },
        ],
      },
    ],
    ["chat.messages[0].tool_call_id", { messages: [{ role: "ROLE_TOOL" as const, content: text("x") }] }],
    ["chat.max_tokens", { maxTokens: 0 }],
    ["chat.temperature", { temperature: Number.NaN }],
    ["chat.top_p", { topP: 1.1 }],
    ["chat.n", { n: 0 }],
    ["chat.presence_penalty", { presencePenalty: -3 }],
    ["chat.frequency_penalty", { frequencyPenalty: 3 }],
    ["chat.top_logprobs", { topLogprobs: 5 }],
    ["chat.stop", { stop: ["1", "2", "3", "4", "5"] }],
    ["chat.logit_bias[50256]", { logitBias: { "50256": 101 } }],
    ["chat.tools[0].name", { tools: [{ name: "not a name" }] }],
    ["chat.tools[0].parameters_json", { tools: [{ name: "f", parametersJson: "[1]" }] }],
    ["chat.tool_choice.mode", { toolChoice: { choice: { $case: "mode" as const, value: "maybe" } } }],
    ["chat.tool_choice.function", { toolChoice: { choice: { $case: "function" as const, value: "g" } } }],
    [
      "chat.response_format.json_schema.schema_json",
      { responseFormat: { format: { $case: "jsonSchema" as const, value: { name: "s", schemaJson: "{" } } } },
    ],
    ["chat.extra_json", { extraJson: "null" }],
    ["chat.extra_json", { extraJson: '{"max_completion_tokens":4000}' }],
    ["chat.extra_json", { extraJson: '{"tools":[]}' }],
    ["chat.model", { model: "m".repeat(300) }],
    ["chat.tool_choice.other_json", { toolChoice: { choice: { $case: "otherJson" as const, value: "nonsense" } } }],
    [
      "chat.messages[0].tool_calls[0].extra_json",
      { messages: [{ role: "ROLE_ASSISTANT" as const, toolCalls: [{ name: "f", extraJson: "nonsense" }] }] },
    ],
  ])("is refused naming %s", (field, change) => {
    expect(fields(change)).toEqual([field]);
  });

  it("is refused with every wrong field at once", () => {
    expect(fields({ model: "", maxTokens: -1, temperature: 3 })).toEqual([
      "chat.model",
      "chat.temperature",
      "chat.max_tokens",
    ]);
  });

  it("is refused when it is missing", () => {
    expect(violationsOfChat(undefined, "chat")).toEqual([{ field: "chat", description: "is required" }]);
  });
});
