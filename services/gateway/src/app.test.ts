import { request as httpRequest } from "node:http";
import { networkInterfaces } from "node:os";
import type { EmbedRequest } from "@switchyard/contracts/router/v1/router";
import { EmbedResponse, ListModelsResponse } from "@switchyard/contracts/router/v1/router";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anAnswer, aReport, endChunk, textChunk } from "./testing/messages.ts";
import { serveGateway, type TestGateway } from "./testing/serve-gateway.ts";

const question = { model: "auto", messages: [{ role: "user" as const, content: "hi" }] };
const apiKey = {
  name: "k",
  sha256: "0".repeat(64),
  tenant: "acme",
  user: undefined,
  budgetTier: "pro",
  operator: false,
};

describe("the gateway", () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await serveGateway();
  });
  afterEach(() => gateway.close());

  const get = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);

  it("makes vectors for the official client, in both encodings", async () => {
    let asked: EmbedRequest | undefined;
    gateway.script.embed = async (request) => {
      asked = request;
      return EmbedResponse.create({
        response: { model: "e", embeddings: [{ values: [0.25, -1] }], inputTokens: 2n },
        routing: aReport(),
      });
    };
    const create = (more: object) => gateway.client().embeddings.create({ model: "auto", input: "text", ...more });
    const { data, response } = await create({ dimensions: 2, user: "u" }).withResponse();
    expect(data.data[0]?.embedding).toEqual([0.25, -1]);
    expect(data.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
    expect(response.headers.get("x-switchyard-cost-usd")).toBe("0.000001235");
    expect(asked).toMatchObject({ embedding: { texts: ["text"], dimensions: 2 }, caller: { user: "u" } });
    expect((await create({ encoding_format: "float" })).data[0]?.embedding).toEqual([0.25, -1]);
  });

  it("lists models, and shows one whose id holds a slash", async () => {
    gateway.script.listModels = async () =>
      ListModelsResponse.create({ models: [{ id: "qwen/qwen3-8b", provider: "p" }] });
    const { models } = gateway.client();
    expect((await models.list()).data.map(({ id }) => id)).toEqual(["auto", "qwen/qwen3-8b"]);
    expect(await models.retrieve("qwen/qwen3-8b")).toMatchObject({ id: "qwen/qwen3-8b", owned_by: "p" });
    expect((await get("/v1/models/qwen/qwen3-8b")).status).toBe(200);
    await expect(models.retrieve("gpt-9")).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
      param: "model",
    });
  });

  it("answers probes and scrapes", async () => {
    expect(await (await get("/healthz")).text()).toBe("ok\n");
    expect((await get("/readyz")).status).toBe(200);
    expect(await (await get("/metrics")).text()).toBe("metrics\n");
    gateway.ready = false;
    expect((await get("/readyz")).status).toBe(503);
    expect((await get("/healthz")).status).toBe(200);
  });

  it.each([
    ["GET", "/", 404, "unknown_url"],
    ["POST", "/v1/completions?key=secret", 404, "unknown_url"],
    ["GET", "/v1/chat/completions", 405, "method_not_allowed"],
    ["PUT", "/v1/embeddings", 405, "method_not_allowed"],
    ["POST", "/v1/models", 405, "method_not_allowed"],
    ["DELETE", "/v1/models/m", 405, "method_not_allowed"],
    ["GET", "/v1/models/%zz", 400, "bad_request"],
  ])("answers %s %s with status %i and the code %s", async (method, path, status, code) => {
    const response = await get(path, { method, ...(method === "POST" ? { body: "x" } : {}) });
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(text).error).toMatchObject({ code, type: "invalid_request_error" });
    expect(text).not.toContain("secret");
    if (status === 405) expect(response.headers.get("allow")).toMatch(/^(GET|POST)$/);
  });

  it("lives on after a caller that hangs up in the middle of its body", async () => {
    const hungUp = Promise.withResolvers<void>();
    const request = httpRequest(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "100" },
    });
    request.on("error", () => undefined).on("close", () => hungUp.resolve());
    request.write('{"model":', () => request.destroy());
    await hungUp.promise;
    expect((await get("/healthz")).status).toBe(200);
  });

  describe("before strangers", () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;

    const reopen = async (keys: (typeof apiKey)[]) => {
      await gateway.close();
      gateway = await serveGateway({ listen: "0.0.0.0:0" }, keys);
      gateway.script.complete = async () => ({ response: anAnswer(), routing: aReport() });
      return `http://${address ?? "127.0.0.1"}:${new URL(gateway.url).port}`;
    };
    const ask = async (url: string) =>
      fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify(question),
        headers: { "content-type": "application/json" },
      });

    it("serves them where keys are configured; the router checks the key", async () => {
      expect((await ask(await reopen([apiKey]))).status).toBe(200);
    });

    it("serves only this machine while no key is configured", async () => {
      const response = await ask(await reopen([]));
      expect(response.status).toBe(address === undefined ? 200 : 403);
    });

    it.each([[[]], [[apiKey]]])("shows them no metrics, which tell of every tenant (keys: %j)", async (keys) => {
      const outside = await reopen(keys);
      const response = await fetch(`${outside}/metrics`);
      expect(response.status).toBe(address === undefined ? 200 : 403);
      expect(await response.text()).toMatch(address === undefined ? /^metrics$/m : /gateway\.adminListen/);
      const inside = await fetch(`http://127.0.0.1:${new URL(outside).port}/metrics`);
      expect(await inside.text()).toBe("metrics\n");
      expect((await fetch(`${outside}/healthz`)).status).toBe(200);
    });

    it.each([
      ["/v1/models", []],
      ["/metrics", []],
      ["/metrics", [apiKey]],
    ])("keeps %s from a page whose name was made to point at this machine (keys: %j)", async (path, keys) => {
      await reopen(keys);
      const { status, text } = await getAs("rebound.example:8080", path);
      expect(status).toBe(403);
      expect(JSON.parse(text).error).toMatchObject({
        code: "permission_denied",
        message: expect.stringContaining("Host"),
      });
    });

    const getAs = (host: string, path: string) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        httpRequest({ host: "127.0.0.1", port: new URL(gateway.url).port, path, headers: { host } }, async (response) =>
          resolve({ status: response.statusCode, text: (await response.toArray()).join("") }),
        )
          .on("error", reject)
          .end();
      });
  });

  describe("draining", () => {
    it("finishes what is in flight, serves on while it gives notice, and then takes no new connection", async () => {
      const begun = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      gateway.script.stream = async function* () {
        yield { chunk: textChunk("a"), routing: aReport() };
        begun.resolve();
        await finish.promise;
        yield { chunk: endChunk(), routing: undefined };
        yield { chunk: undefined, routing: aReport() };
      };
      const stream = await gateway.client().chat.completions.create({ ...question, stream: true });
      await begun.promise;
      const drained = gateway.drain(60_000, 200);
      const ready = await get("/readyz");
      expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"]);
      const meanwhile = await get("/v1/models", { headers: { authorization: "Bearer any" } });
      expect(meanwhile.headers.get("connection")).toBe("close");
      await expect
        .poll(() =>
          get("/healthz").then(
            () => "taken",
            () => "refused",
          ),
        )
        .toBe("refused");
      finish.resolve();
      const seen: unknown[] = [];
      for await (const chunk of stream) seen.push(chunk);
      expect(seen).toHaveLength(2);
      await drained;
    });

    it("is over at once where nothing is in flight", async () => {
      await gateway.drain(60_000);
    });

    it("aborts what is left when its patience ends, and says so", async () => {
      const begun = Promise.withResolvers<void>();
      gateway.script.complete = () => {
        begun.resolve();
        return new Promise(() => undefined);
      };
      const pending = expect(gateway.client().chat.completions.create(question)).rejects.toMatchObject({
        status: 503,
        code: "draining",
      });
      await begun.promise;
      await gateway.drain(1);
      await pending;
    });
  });
});
