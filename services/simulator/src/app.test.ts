import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator, type SimulatorOptions } from "./app.ts";
import { configOf } from "./testing/config.ts";

interface Chunk {
  choices: {
    index: number;
    delta: { role?: string; content?: string | null; tool_calls?: ToolPiece[] };
    finish_reason: string | null;
  }[];
  usage?: { completion_tokens: number } | null;
}
interface ToolPiece {
  index: number;
  id?: string;
  function: { name?: string; arguments: string };
}

interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
}
interface Logprob {
  token: string;
  logprob: number;
  bytes: number[];
  top_logprobs: unknown[];
}
interface Choice {
  message: { content: string; tool_calls: [ToolPiece, ...ToolPiece[]] };
  finish_reason: string;
  logprobs: { content: [Logprob, ...Logprob[]] };
}
interface Answer {
  choices: [Choice, ...Choice[]];
  usage: Usage;
}
interface Vectors {
  data: [{ index: number; embedding: number[] }, ...{ index: number; embedding: number[] }[]];
  usage: Usage;
  model: string;
}
interface Failure {
  error: { message: string; type: string; code: string | null; param: string | null };
}

const jsonOf = async <T>(response: Response | Promise<Response>): Promise<T> => (await response).json() as Promise<T>;

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}, settings?: string) => {
  simulator = await createSimulator(configOf(settings), options);
};
afterEach(() => simulator.close());

const post = (path: string, body: unknown, init: RequestInit = {}) =>
  fetch(simulator.url + path, {
    method: "POST",
    headers: { authorization: "Bearer any", "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
const ask = (content: string, rest: object = {}) => ({
  model: "large",
  messages: [{ role: "user", content }],
  ...rest,
});
const chat = async (body: object) => {
  const response = await post("/chat/completions", body);
  expect(response.status).toBe(200);
  return jsonOf<Answer>(response);
};
const textOf = async (body: object): Promise<string> => (await chat(body)).choices[0].message.content;
const errorOf = async (body: unknown, path = "/chat/completions") => {
  const response = await post(path, body);
  return { status: response.status, ...(await jsonOf<Failure>(response)).error };
};
const events = async (response: Response): Promise<string[]> =>
  (await response.text()).split("\n\n").flatMap((event) => (event.startsWith("data: ") ? [event.slice(6)] : []));
const stream = async (body: object): Promise<Chunk[]> => {
  const all = await events(await post("/chat/completions", { ...body, stream: true }));
  expect(all.at(-1)).toBe("[DONE]");
  return all.slice(0, -1).map((event) => JSON.parse(event));
};
const contentOf = (chunks: Chunk[], index = 0) =>
  chunks
    .flatMap(({ choices }) =>
      choices.filter((choice) => choice.index === index).map(({ delta }) => delta.content ?? ""),
    )
    .join("");

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, unit: { enum: ["C", "F"] } },
      required: ["city", "unit"],
    },
  },
};
const clock = {
  type: "function",
  function: { name: "current_time", parameters: { type: "object", properties: { zone: { type: "string" } } } },
};

describe("the simulator's models", () => {
  it("are those of the catalogue, under the names that providers give them", async () => {
    await start();
    const headers = { authorization: "Bearer any" };
    const { data } = await jsonOf<{ data: { id: string }[] }>(fetch(`${simulator.url}/models`, { headers }));
    expect(data.map(({ id }) => id)).toEqual(["large", "acme-small", "embed"]);
    expect(await jsonOf(fetch(`${simulator.url}/models/acme-small`, { headers }))).toMatchObject({
      id: "acme-small",
    });
    expect((await fetch(`${simulator.url}/models/small`, { headers })).status).toBe(404);
  });
});

describe("a simulated answer", () => {
  it("says that it is simulated, and what it used", async () => {
    await start();
    const answer = await chat(ask("Why is the sky blue?"));
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: "large",
      system_fingerprint: "switchyard-simulator",
    });
    expect(answer.choices).toMatchObject([
      { index: 0, message: { role: "assistant" }, finish_reason: "stop", logprobs: null },
    ]);
    const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = answer.usage;
    expect(prompt).toBeGreaterThan(8);
    expect(completion).toBeGreaterThanOrEqual(20);
    expect(completion).toBeLessThanOrEqual(450);
    expect(total).toBe(prompt + completion);
    expect(answer.usage).toMatchObject({
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    });
  });

  it("is the same for the same question, streamed or not, and another for another", async () => {
    await start();
    const question = ask("Explain how volcanoes and earthquakes are related");
    const text = await textOf(question);
    expect(await textOf(question)).toBe(text);
    expect(contentOf(await stream(question))).toBe(text);
    expect(await textOf(ask("Explain how tides and the moon are related"))).not.toBe(text);
    expect(await textOf({ ...question, model: "large", seed: 7 })).not.toBe(text);
    expect(text).toMatch(/volcanoes|earthquakes/);
  });

  it("is of a length that depends on the question", async () => {
    await start();
    const short = (await chat(ask("Answer in one word: is water wet?"))).usage.completion_tokens;
    const long = (await chat(ask("Write a detailed essay on the history of bridges"))).usage.completion_tokens;
    expect(short).toBeLessThan(150);
    expect(long).toBeGreaterThan(150);
  });

  it("to a question for code has a block of code", async () => {
    await start();
    expect(await textOf(ask("Write a python function that sorts names"))).toMatch(/```python\ndef [a-z]+\(items\):/);
  });

  it("ends at a stop sequence, and after max_tokens", async () => {
    await start();
    const question = ask("Explain how volcanoes and earthquakes are related");
    const text = await textOf(question);
    const stop = text.slice(30, 36);
    const stopped = await chat({ ...question, stop });
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: text.slice(0, text.indexOf(stop)) },
    });
    const cut = await chat({ ...question, max_tokens: 5 });
    expect(cut.choices[0].finish_reason).toBe("length");
    expect(text.startsWith(cut.choices[0].message.content)).toBe(true);
    expect(cut.usage.completion_tokens).toBe(5);
    expect(contentOf(await stream({ ...question, max_completion_tokens: 5 }))).toBe(cut.choices[0].message.content);
  });

  it("has as many different choices as asked for", async () => {
    await start();
    const question = ask("Name a colour and a reason", { n: 3 });
    const { choices, usage } = await chat(question);
    const texts = choices.map((choice) => choice.message.content);
    expect(new Set(texts).size).toBe(3);
    expect(usage.completion_tokens).toBeGreaterThan(60);
    const chunks = await stream(question);
    expect([0, 1, 2].map((index) => contentOf(chunks, index))).toEqual(texts);
  });

  it("is a JSON object where one is asked for", async () => {
    await start();
    const text = await textOf(ask("List three rivers", { response_format: { type: "json_object" } }));
    expect(JSON.parse(text)).toEqual({
      answer: expect.any(String),
      topics: expect.any(Array),
      confidence: expect.any(Number),
    });
  });

  it("satisfies the schema that is given", async () => {
    await start();
    const schema = {
      type: "object",
      properties: {
        kind: { enum: ["river", "lake"] },
        length: { type: "integer", minimum: 10, maximum: 20 },
        places: {
          type: "array",
          minItems: 2,
          items: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
        },
      },
      required: ["kind", "length", "places"],
    };
    const format = { type: "json_schema", json_schema: { name: "water", schema, strict: true } };
    const value = JSON.parse(await textOf(ask("Describe the Danube", { response_format: format })));
    expect(["river", "lake"]).toContain(value.kind);
    expect(value.length).toBeGreaterThanOrEqual(10);
    expect(value.length).toBeLessThanOrEqual(20);
    expect(value.places.length).toBeGreaterThanOrEqual(2);
    expect(value.places[0]).toEqual({ name: expect.any(String) });
  });

  it("carries log-probabilities where they are asked for", async () => {
    await start();
    const { choices } = await chat(ask("Say hello", { logprobs: true, top_logprobs: 2, max_tokens: 5 }));
    const { content } = choices[0].logprobs;
    expect(content.map(({ token }) => token).join("")).toBe(choices[0].message.content);
    expect(content[0].top_logprobs).toHaveLength(2);
    expect(content[0].logprob).toBeLessThan(0);
    expect(Buffer.from(content[0].bytes).toString()).toBe(content[0].token);
  });

  it("counts the beginning of a long prompt as cached when it comes again", async () => {
    await start();
    const question = ask(Array.from({ length: 2_000 }, (_, at) => `word${at}`).join(" "));
    expect((await chat(question)).usage.prompt_tokens_details.cached_tokens).toBe(0);
    const { prompt_tokens: prompt, prompt_tokens_details: details } = (await chat(question)).usage;
    expect(details.cached_tokens).toBeGreaterThanOrEqual(1024);
    expect(details.cached_tokens).toBeLessThanOrEqual(prompt);
    expect(simulator.served().map(({ cachedTokens }) => cachedTokens)).toEqual([0, details.cached_tokens]);
  });
});

describe("a simulated tool call", () => {
  const callsOf = async (body: object) => (await chat(body)).choices[0];

  it("is made when the prompt asks for it, with arguments of its schema", async () => {
    await start();
    const { message, finish_reason: reason } = await callsOf(
      ask("What is the weather like in Paris?", { tools: [weather, clock] }),
    );
    expect(reason).toBe("tool_calls");
    expect(message.content).toBeNull();
    expect(message.tool_calls).toHaveLength(1);
    expect(message.tool_calls[0]).toMatchObject({
      id: expect.stringMatching(/^call_/),
      type: "function",
      function: { name: "get_weather" },
    });
    const { city, unit } = JSON.parse(message.tool_calls[0].function.arguments);
    expect(city).toBe("Paris");
    expect(["C", "F"]).toContain(unit);
  });

  it("is not made when it is not asked for, or forbidden, or its result is there", async () => {
    await start();
    const tools = [weather, clock];
    expect((await callsOf(ask("Tell me a joke", { tools }))).finish_reason).toBe("stop");
    expect((await callsOf(ask("Weather in Paris?", { tools, tool_choice: "none" }))).finish_reason).toBe("stop");
    const answered = [
      { role: "user", content: "Weather in Paris?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", type: "function", function: { name: "get_weather", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c", content: "22 degrees" },
    ];
    const { message } = await callsOf({ model: "large", messages: answered, tools });
    expect(message.content).toContain("22 degrees");
  });

  it("is made when it is demanded", async () => {
    await start();
    const named = { type: "function", function: { name: "current_time" } };
    expect(
      (await callsOf(ask("Hi", { tools: [weather, clock], tool_choice: named }))).message.tool_calls,
    ).toMatchObject([{ function: { name: "current_time" } }]);
    expect(
      (await callsOf(ask("Hi", { tools: [weather, clock], tool_choice: "required" }))).message.tool_calls,
    ).toHaveLength(1);
  });

  it("comes with others when the prompt names several, unless that is not wanted", async () => {
    await start();
    const question = ask("What is the weather and the time in Rome?", { tools: [weather, clock] });
    expect((await callsOf(question)).message.tool_calls).toHaveLength(2);
    expect((await callsOf({ ...question, parallel_tool_calls: false })).message.tool_calls).toHaveLength(1);
  });

  it("is streamed in pieces, several by turns", async () => {
    await start();
    const question = ask("What is the weather and the time in Rome?", { tools: [weather, clock] });
    const whole = (await callsOf(question)).message.tool_calls;
    const chunks = await stream(question);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: "assistant", content: null });
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    const order = pieces.map(({ index }) => index).join("");
    expect(order).toMatch(/^0101/);
    const joined = [0, 1].map((index) => pieces.filter((piece) => piece.index === index));
    expect(joined.map((own) => own[0]?.function.name)).toEqual(["get_weather", "current_time"]);
    expect(joined.map((own) => own.map((piece) => piece.function.arguments).join(""))).toEqual(
      whole.map((call) => call.function.arguments),
    );
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  });

  it("is cut off by max_tokens like any output", async () => {
    await start();
    const { finish_reason: reason } = await callsOf(ask("Weather in Paris?", { tools: [weather], max_tokens: 12 }));
    expect(reason).toBe("length");
  });
});

describe("a simulated stream", () => {
  it("begins with the role, ends with the reason, and brings usage if asked", async () => {
    await start();
    const question = ask("Why is the sky blue?");
    const chunks = await stream({ ...question, stream_options: { include_usage: true } });
    expect(chunks[0]?.choices).toMatchObject([{ delta: { role: "assistant", content: "" }, finish_reason: null }]);
    expect(chunks.at(-2)?.choices).toMatchObject([{ delta: {}, finish_reason: "stop" }]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: (await chat(question)).usage });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect((await stream(question)).some((chunk) => "usage" in chunk)).toBe(false);
  });

  it("stops being made when its caller hangs up", async () => {
    await start({}, "firstTokenMs: 0, tokensPerSecond: 5");
    const hangUp = new AbortController();
    const response = await post("/chat/completions", ask("Write a detailed essay", { stream: true }), {
      signal: hangUp.signal,
    });
    await response.body?.getReader().read();
    hangUp.abort();
    await expect.poll(() => simulator.served()[0]?.aborted).toBe(true);
    const [line] = simulator.served();
    expect(line).toMatchObject({ completed: false, stream: true, model: "large" });
    expect(line?.completionTokens).toBeLessThan(50);
    expect(line?.promptTokens).toBeGreaterThan(0);
  });

  it("waits for its first token, and does not outlive its caller meanwhile", async () => {
    await start({}, "firstTokenMs: 600000, tokensPerSecond: 0");
    const hangUp = new AbortController();
    const asked = post("/chat/completions", ask("Hi"), { signal: hangUp.signal });
    await expect.poll(() => simulator.served().length).toBe(1);
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => simulator.served()[0]?.aborted).toBe(true);
    expect(simulator.served()[0]).toMatchObject({ completed: false, completionTokens: 0 });
  });
});

describe("the log of what was served", () => {
  it("agrees with the usage that callers were told, in code and over HTTP", async () => {
    await start({ recordRequests: true });
    const one = await chat(ask("Why is the sky blue?"));
    await stream(ask("And the grass?"));
    const served = simulator.served();
    expect(served[0]).toMatchObject({
      sequence: 1,
      endpoint: "chat",
      model: "large",
      promptTokens: one.usage.prompt_tokens,
      completionTokens: one.usage.completion_tokens,
      completed: true,
      aborted: false,
    });
    expect(served[1]).toMatchObject({ sequence: 2, stream: true, completed: true });
    const { data } = await jsonOf<{ data: unknown }>(fetch(simulator.url.replace("/v1", "/simulator/served")));
    expect(data).toEqual(JSON.parse(JSON.stringify(served)));
    expect(simulator.requests().map(({ body }) => body)).toMatchObject([
      ask("Why is the sky blue?"),
      ask("And the grass?"),
    ]);
  });
});

describe("simulated embeddings", () => {
  const embed = (body: object) => jsonOf<Vectors>(post("/embeddings", { model: "embed", ...body }));

  it("are unit vectors of the wanted length, one for each text", async () => {
    await start();
    const { data, usage, model } = await embed({ input: ["hello world", "goodbye"], dimensions: 64 });
    expect(model).toBe("embed");
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data[0].embedding).toHaveLength(64);
    expect(Math.hypot(...data[0].embedding)).toBeCloseTo(1, 5);
    expect(usage.prompt_tokens).toBeGreaterThan(2);
    expect(simulator.served()[0]).toMatchObject({
      endpoint: "embeddings",
      promptTokens: usage.prompt_tokens,
      completed: true,
    });
  });

  it("come as base64 too, and for token ids", async () => {
    await start();
    const plain = (await embed({ input: "hello" })).data[0].embedding;
    expect(plain).toHaveLength(1536);
    const coded = Buffer.from(
      String((await embed({ input: "hello", encoding_format: "base64" })).data[0].embedding),
      "base64",
    );
    const decoded = Array.from({ length: 1536 }, (_, at) => coded.readFloatLE(at * 4));
    expect(decoded).toEqual(plain);
    expect((await embed({ input: [1, 2, 3] })).usage.prompt_tokens).toBe(3);
    expect((await embed({ input: [[1, 2], [3]] })).data).toHaveLength(2);
  });

  it.each([
    [{ input: "" }, "input"],
    [{ input: [] }, "input"],
    [{ input: ["a", ""] }, "input"],
    [{ input: "a", dimensions: 0 }, "dimensions"],
    [{ input: "a", encoding_format: "hex" }, "encoding_format"],
    [{ input: "a", model: "large" }, "model"],
    [{ input: "word ".repeat(200) }, "input"],
  ])("refuse %j, naming the field", async (body, param) => {
    await start();
    expect(await errorOf({ model: "embed", ...body }, "/embeddings")).toMatchObject({ status: 400, param });
  });
});

describe("what the simulator refuses", () => {
  it.each([
    [{ messages: undefined }, "messages"],
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "robot", content: "x" }] }, "messages[0].role"],
    [{ messages: [{ role: "user" }] }, "messages[0].content"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id"],
    [{ max_tokens: -1 }, "max_tokens"],
    [{ max_tokens: 1.5 }, "max_tokens"],
    [{ max_tokens: 1_001 }, "max_tokens"],
    [{ temperature: 3 }, "temperature"],
    [{ n: 0 }, "n"],
    [{ stream: "yes" }, "stream"],
    [{ stream_options: { include_usage: true } }, "stream_options"],
    [{ stop: ["a", "b", "c", "d", "e"] }, "stop"],
    [{ tools: [{ type: "function", function: { name: "no spaces" } }] }, "tools[0].function.name"],
    [{ tool_choice: "auto" }, "tool_choice"],
    [{ top_logprobs: 2 }, "top_logprobs"],
    [{ response_format: { type: "xml" } }, "response_format.type"],
    [{ model: "embed" }, "model"],
  ])("%j, naming the field", async (changed, param) => {
    await start();
    expect(await errorOf({ ...ask("hi"), ...changed })).toMatchObject({
      status: 400,
      param,
      type: "invalid_request_error",
    });
    expect(simulator.served()).toEqual([]);
  });

  it("is a request without a key, an unknown model, an unknown path and broken JSON", async () => {
    await start();
    const keyless = await post("/chat/completions", ask("hi"), { headers: {} });
    expect(keyless.status).toBe(401);
    expect((await jsonOf<Failure>(keyless)).error).toMatchObject({ code: "invalid_api_key" });
    expect(await errorOf({ ...ask("hi"), model: "nobody" })).toMatchObject({ status: 404, code: "model_not_found" });
    expect(await errorOf(ask("hi"), "/completions")).toMatchObject({ status: 404, code: "unknown_url" });
    expect(await errorOf("{oops")).toMatchObject({ status: 400 });
    expect(await errorOf("null")).toMatchObject({ status: 400 });
  });

  it("is a prompt that does not fit, with or without the answer", async () => {
    await start();
    const tooLong = { ...ask("word ".repeat(200)), model: "acme-small" };
    expect(await errorOf(tooLong)).toMatchObject({ status: 400, code: "context_length_exceeded" });
    const tooMuch = { ...ask("word ".repeat(60), { max_tokens: 50 }), model: "acme-small" };
    const refused = await errorOf(tooMuch);
    expect(refused).toMatchObject({ status: 400, code: "context_length_exceeded" });
    expect(refused.message).toContain("maximum context length is 100 tokens");
    const { usage } = await chat({ ...ask("word ".repeat(60)), model: "acme-small" });
    expect(usage.total_tokens).toBeLessThanOrEqual(100);
  });
});

describe("a fault", () => {
  const streamed = ask("Write a detailed essay on bridges", { stream: true });
  const failing = (fault: ReturnType<NonNullable<SimulatorOptions["fault"]>>) => start({ fault: () => fault });

  it("answers with a status, headers and an error object", async () => {
    await failing({ kind: "status", status: 429, headers: { "retry-after": "3" } });
    const response = await post("/chat/completions", ask("hi"));
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("3");
    expect((await jsonOf<Failure>(response)).error).toMatchObject({ code: "rate_limit_exceeded" });
    expect(simulator.served()).toMatchObject([
      { fault: "status", promptTokens: 0, completionTokens: 0, completed: false },
    ]);
  });

  it("cuts a stream after the pieces that it lets through", async () => {
    await failing({ kind: "cut", afterChunks: 3 });
    const response = await post("/chat/completions", streamed);
    const reader = response.body?.getReader();
    let text = "";
    const read = async () => {
      for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
        text += Buffer.from(next.value);
    };
    await expect(read()).rejects.toThrow();
    expect(text.match(/"delta":\{"content":/g)).toHaveLength(3);
    expect(simulator.served()[0]).toMatchObject({ completed: false, aborted: false, fault: "cut" });
    expect(simulator.served()[0]?.completionTokens).toBeGreaterThan(0);
  });

  it("ends a stream early as if it were whole", async () => {
    await failing({ kind: "end_early", afterChunks: 2 });
    const all = await events(await post("/chat/completions", streamed));
    expect(all).toHaveLength(3);
    expect(all.at(-1)).not.toBe("[DONE]");
  });

  it("sends a malformed chunk, or an error, in the middle", async () => {
    await failing({ kind: "malformed", afterChunks: 1 });
    const malformed = (await events(await post("/chat/completions", streamed))).at(-1) ?? "";
    expect(() => JSON.parse(malformed)).toThrow();
    await simulator.close();
    await failing({ kind: "error_event", afterChunks: 1 });
    const error = (await events(await post("/chat/completions", streamed))).at(-1) ?? "";
    expect(JSON.parse(error)).toMatchObject({ error: { type: "server_error" } });
  });

  it.each([{ kind: "silence" }, { kind: "stall", afterChunks: 1 }] as const)(
    "keeps its caller waiting: %j",
    async (fault) => {
      await failing(fault);
      const hangUp = new AbortController();
      const asked = post("/chat/completions", streamed, { signal: hangUp.signal }).then((response) => response.text());
      await expect.poll(() => simulator.served().length).toBe(1);
      hangUp.abort();
      await expect(asked).rejects.toThrow();
      await expect.poll(() => simulator.served()[0]?.aborted).toBe(true);
    },
  );

  it("hangs up without an answer", async () => {
    await failing({ kind: "hang_up" });
    await expect(post("/chat/completions", ask("hi"))).rejects.toThrow();
  });

  it("cuts a whole answer too", async () => {
    await failing({ kind: "cut" });
    const response = await post("/chat/completions", ask("hi"));
    await expect(response.text()).rejects.toThrow();
    expect(simulator.served()[0]).toMatchObject({ completed: false, aborted: false });
  });

  it("strikes the configured share of requests, embeddings too", async () => {
    await start({}, "firstTokenMs: 0, tokensPerSecond: 0, faults: { serverError: 1 }");
    expect(await errorOf(ask("hi"))).toMatchObject({ status: 500, type: "server_error" });
    expect(await errorOf({ model: "embed", input: "hi" }, "/embeddings")).toMatchObject({ status: 500 });
  });

  it("can be chosen for single requests", async () => {
    await start({ fault: ({ sequence }) => (sequence === 1 ? { kind: "status", status: 503 } : undefined) });
    expect(await errorOf(ask("hi"))).toMatchObject({ status: 503 });
    await chat(ask("hi"));
  });
});
