import { describe, expect, it } from "vitest";
import { readOpenAiLine } from "./read-openai-line.ts";

const read = (line: unknown) => readOpenAiLine(JSON.stringify(line));
const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hello" },
  { role: "assistant", content: "Hello!" },
  {
    role: "user",
    content: [
      { type: "text", text: "What is " },
      { type: "text", text: "this?" },
    ],
  },
];
const usage = { prompt_tokens: 100, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 64 } };

const expected = {
  modelNames: ["gpt-4o", "gpt-4o-2024-08-06"],
  tokens: { fresh: 36, cached: 64, output: 7 },
  isEstimated: false,
  feature: "help",
  task: "TASK_CHAT",
  stakes: "low",
  prompt: {
    system: "Be brief.",
    earlier: ["Hello", "Hello!"],
    query: "What is this?",
    hasTools: false,
    answer: "text",
    hasImages: false,
    maxTokens: undefined,
  },
};

describe("reading a line of JSON", () => {
  it("takes OpenAI's request and response, with labels beside them", () => {
    const [request, response] = [
      { model: "gpt-4o", messages },
      { model: "gpt-4o-2024-08-06", usage },
    ];
    const labels = { feature: "help", task: "chat", stakes: "low" };
    expect(read({ ...labels, request, response })).toEqual(expected);
    expect(read({ metadata: labels, request, response })).toEqual(expected);
    expect(read({ request: { ...request, metadata: labels }, response })).toEqual(expected);
  });

  it("takes the bodies of OpenAI's batch files", () => {
    const line = {
      custom_id: "1",
      body: { model: "gpt-4o", messages },
      response: { status_code: 200, body: { model: "gpt-4o-2024-08-06", usage } },
      error: null,
    };
    expect(read(line)).toEqual({ ...expected, feature: "", task: undefined, stakes: undefined });
  });

  it("takes one flat object with the names of the CSV columns", () => {
    const line = { model: "gpt-4o", input_tokens: 100, cached_input_tokens: 64, output_tokens: 7, feature: "help" };
    expect(read(line)).toMatchObject({ tokens: expected.tokens, feature: "help", prompt: undefined });
  });

  it("takes the requests of OpenAI's newer interface", () => {
    const request = { model: "gpt-4o", instructions: "Be brief.", input: "Why?", max_output_tokens: 50 };
    const response = { usage: { input_tokens: 9, input_tokens_details: { cached_tokens: 2 }, output_tokens: 3 } };
    expect(read({ request, response })).toMatchObject({
      tokens: { fresh: 7, cached: 2, output: 3 },
      prompt: { system: "Be brief.", query: "Why?", maxTokens: 50 },
    });
  });

  it("sees what a model must be able to do", () => {
    const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
    const request = {
      model: "gpt-4o",
      messages: [{ role: "user", content: [image] }],
      tools: [{ type: "function", function: { name: "f" } }],
      response_format: { type: "json_schema" },
      max_tokens: 20,
    };
    expect(read({ request, response: { usage } })).toMatchObject({
      prompt: { hasTools: true, hasImages: true, answer: "json_schema", maxTokens: 20 },
    });
  });

  it("estimates tokens where the log has none", () => {
    const response = { choices: [{ message: { role: "assistant", content: "It is a test of the estimate." } }] };
    const line = read({ request: { model: "gpt-4o", messages }, response });
    expect(line).toMatchObject({ isEstimated: true, tokens: { cached: 0 } });
    const { tokens } = line as typeof expected;
    expect(tokens.fresh).toBeGreaterThan(20);
    expect(tokens.output).toBeGreaterThan(5);
  });

  it("knows a request that failed", () => {
    const request = { model: "gpt-4o", messages };
    expect(read({ request, response: { status_code: 429, body: {} } })).toEqual({ failed: true });
    expect(read({ request, error: { message: "timeout" } })).toEqual({ failed: true });
    expect(read({ request, response: { error: { message: "no" } } })).toEqual({ failed: true });
    expect(read({ request, error: "timeout" })).toEqual({ failed: true });
  });

  it.each([
    ["not json", "not a JSON object"],
    ["[1]", "not a JSON object"],
    ["{}", "no model in the request or the response"],
    ['{"model":"gpt-4o"}', "neither usage nor messages"],
    ['{"model":"gpt-4o","usage":{"prompt_tokens":-1}}', "input_tokens must be a whole number of at least 0"],
    [
      '{"model":"gpt-4o","usage":{"prompt_tokens":1,"completion_tokens":0.5}}',
      "output_tokens must be a whole number of at least 0",
    ],
  ])("says what is wrong with %j", (line, unusable) => {
    expect(readOpenAiLine(line)).toEqual({ unusable });
  });
});
