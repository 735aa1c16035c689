import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "./network/config.ts";
import { shapes, startNetwork, type TestNetwork } from "./network/test-network.ts";

const weather: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const time: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_time",
    description: "The time in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

/** What the platform adds to an answer. */
interface Routed {
  readonly switchyard: {
    readonly model: string;
    readonly cache: string;
    readonly cost_usd: number;
    readonly baseline_cost_usd: number;
  };
}

describe.each(shapes)("the openai client against a %s platform", (shape) => {
  let network: TestNetwork;
  let client: OpenAI;

  beforeAll(async () => {
    network = await startNetwork({ shape });
    client = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.acme, maxRetries: 0 });
  });
  afterAll(() => network?.stop());

  const ask = (content: string, more: object = {}) =>
    client.chat.completions.create({
      model: "auto",
      messages: [{ role: "user", content }],
      ...more,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);

  it("chats, and is told which model answered and what it cost", async () => {
    const { data, response } = await client.chat.completions
      .create({ model: "auto", messages: [{ role: "user", content: "Say hello to the reader." }] })
      .withResponse();
    expect(data.choices[0]?.message.content?.length).toBeGreaterThan(0);
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    const { switchyard } = data as unknown as Routed;
    expect(switchyard).toMatchObject({ model: "qwen3-8b", cache: "miss" });
    expect(switchyard.baseline_cost_usd).toBeGreaterThan(switchyard.cost_usd);
    expect(response.headers.get("x-switchyard-model")).toBe("qwen3-8b");
    expect(response.headers.get("x-switchyard-trace-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  it("gets the same answer from the cache the second time, for nothing", async () => {
    const first = await ask("Name three rivers of Europe.");
    await expect
      .poll(async () => ((await ask("Name three rivers of Europe.")) as unknown as Routed).switchyard.cache)
      .toBe("hit-exact");
    const second = await ask("Name three rivers of Europe.");
    expect(second.choices[0]?.message.content).toBe(first.choices[0]?.message.content);
    expect((second as unknown as Routed).switchyard.cost_usd).toBe(0);
  });

  it("never gets another tenant's answer", async () => {
    const question = "What is our secret code name?";
    await ask(question);
    await expect.poll(async () => ((await ask(question)) as unknown as Routed).switchyard.cache).toBe("hit-exact");
    const other = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.globex, maxRetries: 0 });
    const answer = await other.chat.completions.create({
      model: "auto",
      messages: [{ role: "user", content: question }],
    });
    expect((answer as unknown as Routed).switchyard.cache).toBe("miss");
  });

  it("streams, with usage and the story of the request at the end", async () => {
    const stream = await client.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Tell a short story about a lighthouse." }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let last: OpenAI.ChatCompletionChunk | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      last = chunk;
    }
    expect(text.length).toBeGreaterThan(0);
    expect(last?.usage?.completion_tokens).toBeGreaterThan(0);
    expect((last as unknown as Routed).switchyard).toMatchObject({ model: "gpt-4o", cache: "miss" });
  });

  it("replays a stored answer as the same stream", async () => {
    const read = async () => {
      const stream = await client.chat.completions.create({
        model: "auto",
        messages: [{ role: "user", content: "Describe the sea in two sentences." }],
        stream: true,
      });
      let text = "";
      let routed: Routed["switchyard"] | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        routed = (chunk as unknown as Partial<Routed>).switchyard ?? routed;
      }
      return { text, cache: routed?.cache };
    };
    const { text } = await read();
    await expect.poll(read).toEqual({ text, cache: "hit-exact" });
  });

  it("gets parallel tool calls, whole and streamed", async () => {
    const question = "Call get_weather and get_time for Paris.";
    const whole = await ask(question, { tools: [weather, time], tool_choice: "required" });
    const names = whole.choices[0]?.message.tool_calls?.map((call) => call.type === "function" && call.function.name);
    // The simulator calls tools in the order in which they come to it, which is that of their names.
    expect(names).toEqual(["get_time", "get_weather"]);
    expect(whole.choices[0]?.finish_reason).toBe("tool_calls");

    const runner = client.chat.completions.stream({
      model: "gpt-4o",
      messages: [{ role: "user", content: question }],
      tools: [weather, time],
      tool_choice: "required",
    });
    const calls = (await runner.finalChatCompletion()).choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => call.type === "function" && call.function.name)).toEqual(["get_time", "get_weather"]);
    for (const call of calls) {
      if (call.type === "function") expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
    }
  });

  it("goes on after a tool's answer", async () => {
    const answer = await client.chat.completions.create({
      model: "auto",
      messages: [
        { role: "user", content: "What is the weather in Paris?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "18 degrees, sunny" },
      ],
    });
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0);
  });

  it("gets JSON that follows the schema it asked for", async () => {
    const answer = await ask("Give me a person.", {
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "person",
          strict: true,
          schema: {
            type: "object",
            properties: { name: { type: "string" }, age: { type: "integer" } },
            required: ["name", "age"],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({
      name: expect.any(String),
      age: expect.any(Number),
    });
  });

  it("gets embeddings", async () => {
    const { data, usage } = await client.embeddings.create({
      model: "text-embedding-3-small",
      input: ["a cat", "a dog"],
    });
    expect(data).toHaveLength(2);
    expect(data[0]?.embedding.length).toBeGreaterThan(100);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  it("lists the models", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(["qwen3-8b", "deepseek-v4-pro", "gpt-4o", "text-embedding-3-small"]));
  });

  it("keeps fields it does not know on the way to the provider and back", async () => {
    const answer = await ask("Use a further field.", { service_tier: "flex", made_up_field: { deep: [1, 2] } });
    expect(answer.system_fingerprint).toBe("switchyard-simulator");
  });

  it("obeys hints in headers and in the body", async () => {
    const { data } = await client.chat.completions
      .create(
        { model: "auto", messages: [{ role: "user", content: "Hint me." }] },
        { headers: { "x-switchyard-min-tier": "premium", "x-switchyard-cache": "no-store" } },
      )
      .withResponse();
    expect((data as unknown as Routed).switchyard).toMatchObject({ model: "gpt-4o", cache: "bypass" });
    const body = await ask("Hint me in the body.", { switchyard: { min_tier: "standard", max_tier: "standard" } });
    expect((body as unknown as Routed).switchyard.model).toBe("deepseek-v4-pro");
  });

  it("gives an error of the client's own kind for every mistake, and lives on", async () => {
    await expect(ask("hello", { model: "nonesuch" })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(ask("hello", { max_tokens: -1 })).rejects.toMatchObject({ status: 400, param: "max_tokens" });
    await expect(ask("hello", { messages: [] })).rejects.toMatchObject({ status: 400, param: "messages" });
    const stranger = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: "sk-wrong", maxRetries: 0 });
    await expect(
      stranger.chat.completions.create({ model: "auto", messages: [{ role: "user", content: "hi" }] }),
    ).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    expect((await ask("Still there?")).choices).toHaveLength(1);
  });

  it("is refused with the limit, what is left and when it resets once the budget is spent", async () => {
    const trial = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.free, maxRetries: 0 });
    const spend = (words: number) =>
      trial.chat.completions
        .create({ model: "gpt-4o", max_tokens: 50, messages: [{ role: "user", content: "word ".repeat(words) }] })
        .catch((error: unknown) => error as InstanceType<typeof OpenAI.APIError>);
    expect(await spend(7_000)).toHaveProperty("choices");
    const failure = await spend(7_001);
    expect(failure).toMatchObject({ status: 429, code: "insufficient_quota" });
    expect((failure as Error).message).toMatch(/trial\/tokens_per_day has .* left of 10000 tokens .* resets at/);
    expect(((await spend(11_000)) as Error).message).toContain("larger than the limit");
  });
});
