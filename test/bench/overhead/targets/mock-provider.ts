import { createServer } from "node:http";
import { parseArgs } from "node:util";

/**
 * A provider that answers every chat request alike, as fast as Node can: a fixed answer of 150 words, whole or in 20 chunks,
 * after a fixed delay. It also takes, and forgets, what tracing sends.
 */
const { values } = parseArgs({ options: { "delay-ms": { type: "string", default: "0" } } });
const delayMs = Number(values["delay-ms"]);

const words = "The order left the warehouse on Monday and reaches the customer within two working days. ".repeat(10);
const usage = { prompt_tokens: 30, completion_tokens: 190, total_tokens: 220 };
const head = { id: "chatcmpl-1", created: 1_790_000_000, model: "mock-1" };
const message = { role: "assistant", content: words };
const whole = JSON.stringify({
  ...head,
  object: "chat.completion",
  choices: [{ index: 0, message, finish_reason: "stop" }],
  usage,
});

const chunk = (delta: object, finish: string | null, rest: object = {}) =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }], ...rest })}\n\n`;
const pieceLength = Math.ceil(words.length / 18);
const pieces = Array.from({ length: 18 }, (_, index) => words.slice(index * pieceLength, (index + 1) * pieceLength));
const chunks = [
  chunk({ role: "assistant", content: "" }, null),
  ...pieces.map((content) => chunk({ content }, null)),
  chunk({}, "stop"),
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage })}\n\n`,
  "data: [DONE]\n\n",
];

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part) => {
    body += part;
  });
  request.on("end", () => {
    if (!request.url?.endsWith("/chat/completions")) {
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
      return;
    }
    const answer = () => {
      if (!/"stream":\s*true/.test(body)) {
        response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(whole) });
        response.end(whole);
        return;
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const one of chunks) response.write(one);
      response.end();
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
