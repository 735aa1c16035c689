import { connect as connectSocket } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "./network/config.ts";
import { shapes, startNetwork, type TestNetwork } from "./network/test-network.ts";

describe.each(shapes)("bad input to a %s platform", (shape) => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await startNetwork({ shape });
  });
  afterAll(() => network?.stop());

  const post = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const response = await fetch(`${network.httpUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${keys.acme}`, ...headers },
      body: body as string,
    });
    return {
      status: response.status,
      ...((await response.json()) as { error: { message: string; param: string | null } }),
    };
  };
  const messages = [{ role: "user", content: "hi" }];

  it.each([
    ["malformed JSON", '{"model": "auto", ', 400, null],
    ["an empty body", "", 400, null],
    ["something other than an object", "[]", 400, null],
    ["no messages", { model: "auto" }, 400, "messages"],
    ["empty messages", { model: "auto", messages: [] }, 400, "messages"],
    ["an unknown role", { model: "auto", messages: [{ role: "wizard", content: "hi" }] }, 400, "messages[0].role"],
    [
      "content of the wrong type",
      { model: "auto", messages: [{ role: "user", content: 7 }] },
      400,
      "messages[0].content",
    ],
    ["a negative max_tokens", { model: "auto", messages, max_tokens: -1 }, 400, "max_tokens"],
    ["max_tokens as text", { model: "auto", messages, max_tokens: "many" }, 400, "max_tokens"],
    ["a hot temperature", { model: "auto", messages, temperature: 9 }, 400, "temperature"],
    ["an unknown model", { model: "nonesuch", messages }, 404, "model"],
    ["an unknown hint", { model: "auto", messages, switchyard: { speed: 1 } }, 400, "switchyard.speed"],
    ["a broken hint", { model: "auto", messages, switchyard: { min_tier: "golden" } }, 400, "switchyard.min_tier"],
  ])("answers %s with an error that names the field", async (_name, body, status, param) => {
    const answer = await post(typeof body === "string" ? body : JSON.stringify(body));
    expect(answer).toMatchObject({ status, error: { message: expect.any(String), param } });
    expect(answer.error.message.length).toBeGreaterThan(5);
  });

  it("refuses bytes that are not UTF-8", async () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"auto","messages":[{"role":"user","content":"'),
      Buffer.from([0xff, 0xfe, 0xc0]),
      Buffer.from('"}]}'),
    ]);
    expect(await post(body)).toMatchObject({ status: 400, error: { message: expect.stringContaining("UTF-8") } });
  });

  it("refuses a body of 50 MB without reading it to the end", async () => {
    const { port, hostname } = new URL(network.httpUrl);
    const socket = connectSocket(Number(port), hostname);
    socket.on("error", () => undefined);
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
        `authorization: Bearer ${keys.acme}\r\ncontent-length: ${50 * 1024 * 1024}\r\nconnection: close\r\n\r\n`,
    );
    socket.write(Buffer.alloc(64 * 1024, "a"));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("refuses a wrong key, a missing key and another tenant's name", async () => {
    const body = JSON.stringify({ model: "auto", messages });
    expect(await post(body, { authorization: "Bearer sk-wrong" })).toMatchObject({ status: 401 });
    expect(await post(body, { authorization: "" })).toMatchObject({ status: 401 });
    expect(await post(body, { "x-switchyard-tenant": "globex" })).toMatchObject({ status: 403 });
  });

  it("still answers after all of it", async () => {
    const answer = await post(JSON.stringify({ model: "auto", messages }));
    expect(answer).toMatchObject({ status: 200, choices: [expect.anything()] });
  });
});
