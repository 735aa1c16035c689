import { parseConfig } from "@switchyard/config";
import { ClassifierServiceDefinition, ClassifyRequest } from "@switchyard/contracts/classifier/v1/classifier";
import { connect, Status } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { describe, expect, it } from "vitest";
import { createClassifierApp } from "./app.ts";

const config = parseConfig(
  "router: { baselineModel: m }\nproviders: { p: { baseUrl: 'http://127.0.0.1:1', keys: [] } }\n".replace(
    "keys: []",
    "keys: [{ env: KEY }]",
  ) +
    "models: [{ id: m, providers: [p], tier: premium, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 1, output: 1 } }]",
  { environment: {}, folder: "." },
);

async function client() {
  const app = await createClassifierApp(config, { logger: createLogger("test", "silent") });
  return connect(ClassifierServiceDefinition, { inProcess: app.service, onUnforeseen: () => undefined }).client;
}

describe("the classifier service", () => {
  it("classifies a prompt", async () => {
    const { classification } = await (await client()).classify(
      ClassifyRequest.create({ text: "Translate into Spanish: where is the station?" }),
    );
    expect(classification).toMatchObject({ task: "TASK_TRANSLATION", language: "en", classifierVersion: "rules/1" });
  });

  it("answers an empty prompt", async () => {
    const { classification } = await (await client()).classify(ClassifyRequest.create());
    expect(classification).toMatchObject({ task: "TASK_CHAT", language: "und" });
  });

  it("refuses a negative number of turns and names the field", async () => {
    const request = ClassifyRequest.create({ text: "hello", earlierTurnCount: -1 });
    await expect((await client()).classify(request)).rejects.toMatchObject({
      code: Status.INVALID_ARGUMENT,
      fieldViolations: [{ field: "earlier_turn_count" }],
    });
  });
});
