import { connect as connectSocket } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anAnswer, aReport } from "../testing/messages.ts";
import { serveGateway, type TestGateway } from "../testing/serve-gateway.ts";

const path = "/v1/chat/completions";
const maxBodyBytes = 1024 * 1024;

describe("a body", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await serveGateway({ maxBodyBytes });
    gateway.script.complete = async () => ({ response: anAnswer(), routing: aReport() });
  });
  afterAll(() => gateway.close());

  const refused = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const response = await gateway.post(path, body, headers);
    const { error } = (await response.json()) as { error: { message: string; type: string; param: string | null } };
    expect(error.type).toBe("invalid_request_error");
    return { status: response.status, message: error.message, param: error.param };
  };

  it("may say its charset, begin with a byte order mark, and hold half of 1 MiB", async () => {
    const body = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "é".repeat(maxBodyBytes / 4) }] });
    const response = await gateway.post(path, `\ufeff${body}`, {
      "content-type": 'Application/JSON; profile=x; charset="UTF-8"',
    });
    expect(response.status).toBe(200);
  });

  it("must be JSON, and an object", async () => {
    expect(await refused('{"model":')).toMatchObject({
      status: 400,
      param: null,
      message: expect.stringContaining("not valid JSON"),
    });
    expect(await refused("[]")).toMatchObject({ status: 400, param: null });
    expect(await refused("null")).toMatchObject({ status: 400, param: null });
  });

  it("must not be empty", async () => {
    expect(await refused("")).toMatchObject({ status: 400, message: "the body is empty" });
  });

  it("must be UTF-8, which is not mended", async () => {
    const bytes = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(await refused(bytes)).toMatchObject({ status: 400, message: "the body is not valid UTF-8" });
  });

  it("must hold no half characters either", async () => {
    expect(await refused('{"messages":[{"role":"user","content":"\\ud800"}]}')).toMatchObject({
      status: 400,
      param: "messages[0].content",
    });
  });

  it("must be sent as JSON and not compressed", async () => {
    expect(await refused("{}", { "content-type": "text/plain" })).toMatchObject({ status: 415 });
    expect(await refused("{}", { "content-type": "application/json; charset=latin1" })).toMatchObject({ status: 415 });
    expect(await refused("{}", { "content-type": "application/jsonx" })).toMatchObject({ status: 415 });
    expect(await refused("{}", { "content-type": ";;" })).toMatchObject({ status: 415 });
    expect(await refused("{}", { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
  });

  it("of 50 MB is refused, whether its size was said before or not, and the process lives on", async () => {
    const large = Buffer.alloc(50_000_000, "x");
    expect(await refused(large)).toMatchObject({ status: 413 });
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(large.subarray(0, 64 * 1024));
        sent += 1;
        if (sent === 800) controller.close();
      },
    });
    let sent = 0;
    const init = { method: "POST", body: stream, duplex: "half", headers: { "content-type": "application/json" } };
    const response = await fetch(gateway.url + path, init as RequestInit);
    expect(response.status).toBe(413);
    await response.body?.cancel();
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it("of 50 MB is refused before it is sent, also to a caller that wants the connection closed", async () => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connectSocket(Number(port), hostname);
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
        "content-length: 50000000\r\nconnection: close\r\n\r\n",
    );
    socket.write(Buffer.alloc(64 * 1024, "x"));
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("of 50 MB gives the official client an error it understands", async () => {
    const messages = [{ role: "user" as const, content: "x".repeat(50_000_000) }];
    await expect(gateway.client().chat.completions.create({ model: "auto", messages })).rejects.toMatchObject({
      status: 413,
      code: "request_too_large",
    });
  });
});
