import * as grpc from "@grpc/grpc-js";
import { startNetwork, type TestNetwork } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DynamicStub, dynamicStub, knownStub, listServices } from "./reflection-client.ts";

describe("a client that knows only the address", () => {
  let network: TestNetwork;
  let router: DynamicStub;
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${keys.acme}`);

  beforeAll(async () => {
    network = await startNetwork({ shape: "standalone" });
    router = await dynamicStub(network.grpcAddress, "switchyard.router.v1.RouterService");
  });
  afterAll(async () => {
    router?.close();
    await network?.stop();
  });

  type Message = Readonly<Record<string, unknown>>;
  /** The value at a path like `response.choices.0.finish_reason`. */
  const at = (message: Message | undefined, path: string): unknown =>
    path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], message);
  const call = (method: string, request: object, with_ = metadata) =>
    new Promise<Message>((resolve, reject) => {
      router[method]?.(request, with_, (error: grpc.ServiceError | null, answer: Message) =>
        error ? reject(error) : resolve(answer),
      );
    });
  const chat = (text: string, more: object = {}) => ({
    chat: { model: "auto", messages: [{ role: "ROLE_USER", content: [{ text }] }], ...more },
  });

  it("finds the router and not the services behind it", async () => {
    const services = await listServices(network.grpcAddress);
    expect(services).toContain("switchyard.router.v1.RouterService");
    expect(services).not.toContain("switchyard.provider.v1.ProviderService");
  });

  it("completes", async () => {
    const answer = await call("Complete", chat("Say hello."));
    expect(at(answer, "response.choices.0.finish_reason")).toBe("stop");
    expect(answer.routing).toMatchObject({ cache_verdict: "CACHE_VERDICT_MISS", baseline_model: "gpt-4o" });
  });

  it("streams", async () => {
    const stream = router.StreamComplete?.(chat("Count to ten."), metadata) as grpc.ClientReadableStream<Message>;
    let text = "";
    let last: Message | undefined;
    for await (const message of stream as AsyncIterable<Message>) {
      text += at(message, "chunk.choices.0.delta.content") ?? "";
      last = message;
    }
    expect(text.length).toBeGreaterThan(0);
    expect(at(last, "routing.attempts")).toHaveLength(1);
  });

  it("calls tools", async () => {
    const tools = [
      { name: "get_weather", parameters_json: '{"type":"object","properties":{"city":{"type":"string"}}}' },
    ];
    const answer = await call("Complete", chat("Weather in Rome?", { tools, tool_choice: { mode: "required" } }));
    expect(at(answer, "response.choices.0.message.tool_calls")).toEqual([
      expect.objectContaining({ name: "get_weather" }),
    ]);
  });

  it("gets JSON by a schema", async () => {
    const schema_json = '{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}';
    const answer = await call(
      "Complete",
      chat("Answer.", { response_format: { json_schema: { name: "answer", schema_json } } }),
    );
    expect(JSON.parse(String(at(answer, "response.choices.0.message.content.0.text")))).toEqual({
      ok: expect.any(Boolean),
    });
  });

  it("embeds, explains and lists models", async () => {
    const { response } = await call("Embed", { embedding: { model: "auto", texts: ["one"] } });
    expect(at({ response }, "response.embeddings")).toHaveLength(1);
    const { routing } = await call("Explain", chat("Why?"));
    expect(at({ routing }, "routing.candidates")).not.toHaveLength(0);
    const { models } = await call("ListModels", {});
    expect(models).toContainEqual(expect.objectContaining({ id: "gpt-4o" }));
  });

  it("gets errors with google.rpc.Status details", async () => {
    const failure = await call("Complete", chat("x", { max_tokens: -1 })).catch(
      (error: unknown) => error as grpc.ServiceError,
    );
    expect(failure).toMatchObject({
      code: grpc.status.INVALID_ARGUMENT,
      details: expect.stringContaining("chat.max_tokens"),
    });
    const details = (failure as grpc.ServiceError).metadata.get("grpc-status-details-bin")[0] as Buffer;
    expect(details.toString("latin1")).toContain("type.googleapis.com/google.rpc.ErrorInfo");
    expect(details.toString("latin1")).toContain("INVALID_REQUEST");
    await expect(call("Complete", chat("x"), new grpc.Metadata())).rejects.toMatchObject({
      code: grpc.status.UNAUTHENTICATED,
    });
  });

  it("is told the trace of its call", async () => {
    const trailer = await new Promise<grpc.Metadata>((resolve) => {
      const stream = router.StreamComplete?.(chat("Trace me."), metadata) as grpc.ClientReadableStream<Message>;
      stream.on("data", () => undefined).on("status", (status: grpc.StatusObject) => resolve(status.metadata));
    });
    expect(trailer.get("x-trace-id")[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("sees the server as healthy", async () => {
    const health = knownStub(network.grpcAddress, "health.proto", "grpc.health.v1.Health");
    const status = await new Promise((resolve, reject) => {
      health.Check?.({ service: "switchyard.router.v1.RouterService" }, (error: unknown, answer: { status: string }) =>
        error ? reject(error) : resolve(answer.status),
      );
    });
    health.close();
    expect(status).toBe("SERVING");
  });
});
