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
    expect(classification).toMatchObject({ task: "TASK_TRANSLATION", language: "en", classifierVersion: "linear/2" });
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

  it("judges a batch in its order, each prompt as it would alone", async () => {
    const classifier = await client();
    const requests = ["Translate into German: good morning", "What is 12 * 30?", ""].map((text) =>
      ClassifyRequest.create({ text }),
    );
    const { responses } = await classifier.classifyBatch({ requests });
    expect(responses).toEqual(await Promise.all(requests.map((request) => classifier.classify(request))));
    expect(responses.map(({ classification }) => classification?.task)).toEqual([
      "TASK_TRANSLATION",
      "TASK_REASONING",
      "TASK_CHAT",
    ]);
  });

  it("refuses a batch with one malformed prompt and says which", async () => {
    const requests = [ClassifyRequest.create(), ClassifyRequest.create({ earlierTurnCount: -1 })];
    await expect((await client()).classifyBatch({ requests })).rejects.toMatchObject({
      code: Status.INVALID_ARGUMENT,
      fieldViolations: [{ field: "requests[1].earlier_turn_count" }],
    });
  });

  it("refuses a batch that would hold up everybody else", async () => {
    const requests = Array.from({ length: 1_001 }, () => ClassifyRequest.create());
    await expect((await client()).classifyBatch({ requests })).rejects.toMatchObject({ code: Status.INVALID_ARGUMENT });
  });

  it("says what a prompt gives away", async () => {
    const classifier = await client();
    const sensitivityOf = async (text: string) =>
      (await classifier.classify(ClassifyRequest.create({ text }))).sensitivity;
    expect(await sensitivityOf("Write a poem about rain")).toBe("SENSITIVITY_UNSPECIFIED");
    expect(await sensitivityOf("Answer jane.doe@example.com")).toBe("SENSITIVITY_CONFIDENTIAL");
    expect(await sensitivityOf("password: correct-horse-battery")).toBe("SENSITIVITY_RESTRICTED");
  });
});
