import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { beforeEach, describe, expect, it } from "vitest";
import { createSqliteOutcomeStore } from "../../adapters/sqlite-outcome-store.ts";
import type { OutcomeStore } from "../../ports.ts";
import { policy, prompt } from "../../testing/fixtures.ts";
import type { AccessPolicy } from "../admit.ts";
import { decide, type Judgement } from "../decide.ts";
import { notAsked, type Outcome } from "../dispatch/outcome.ts";
import { keptOf } from "./kept-request.ts";
import { type OutcomeReport, recordOutcome } from "./record-outcome.ts";

const judgement: Judgement = {
  ...{ task: "TASK_CODE", taskConfidence: 1, complexity: 0.1, complexityConfidence: 1 },
  ...{ language: "en", classifierVersion: "test" },
};
const access: AccessPolicy = { keys: new Map(), anonymous: { tenant: "acme", budgetTier: "pro" } };
const weights = { judge: 1, user: 0.5, test: 1 };

describe("a judgement of an answer", () => {
  let store: OutcomeStore;
  let classified: number;
  beforeEach(() => {
    const limits = { keepMs: 1e6, maxRequests: 100, maxVersions: 10, maxPerCell: 100 };
    store = createSqliteOutcomeStore({ ...limits, path: ":memory:", nowMs: () => 0 });
    classified = 0;
  });

  const record = (change: Partial<OutcomeReport>) =>
    recordOutcome(
      {
        ...{ credentials: { authorization: undefined, isLocal: true }, caller: undefined, requestId: "", model: "" },
        ...{ task: "TASK_UNSPECIFIED", prompt: "", score: 0, source: "user" },
        ...{ signal: new AbortController().signal, deadline: 1 },
        ...change,
      },
      {
        ...{ access, policy, store, weights },
        steps: {
          shape: () => prompt(),
          async classify() {
            classified++;
            return judgement;
          },
        },
        chatOf: () => ChatRequest.create({ model: "auto" }),
      },
    );
  const cells = async () =>
    (await store.tables()).cells.map(({ model, task, counts }) => [
      model,
      task,
      counts.findIndex((count) => count > 0),
    ]);

  it("counts for the model and task of the request that it names, against what was expected of it", async () => {
    const decision = decide(prompt(), judgement, policy);
    const outcome: Outcome = { ...notAsked(0), answeredBy: decision.chain[0] };
    const kept = keptOf(prompt(), decision, outcome);
    await store.keep(kept ? [kept] : []);
    expect(await record({ requestId: "request-1" })).toBe(true);
    expect(await record({ requestId: "request-1" })).toBe(false);
    expect(await cells()).toEqual([["small", "TASK_CODE", 9]]);
    expect((await store.tables()).outcomeCount).toBe(0.5);
    expect(classified).toBe(0);
  });

  it("is refused for a request that is not known, or another tenant's", async () => {
    await expect(record({ requestId: "request-1" })).rejects.toMatchObject({ reason: "UNKNOWN_REQUEST" });
    const decision = decide(prompt(), judgement, policy);
    const kept = keptOf(prompt(), decision, { ...notAsked(0), answeredBy: decision.chain[0] });
    await store.keep(kept ? [{ ...kept, tenant: "other" }] : []);
    await expect(record({ requestId: "request-1" })).rejects.toMatchObject({ reason: "UNKNOWN_REQUEST" });
  });

  it("may describe what was answered: a model with a task, or with a prompt that is classified", async () => {
    await record({ model: "middle", task: "TASK_CHAT", source: "test" });
    expect(classified).toBe(0);
    await record({ model: "middle", prompt: "mend it", source: "judge" });
    expect(classified).toBe(1);
    expect((await cells()).map(([model, task]) => [model, task])).toEqual([
      ["middle", "TASK_CHAT"],
      ["middle", "TASK_CODE"],
    ]);
    await expect(record({ model: "nobody", task: "TASK_CHAT" })).rejects.toMatchObject({ reason: "UNKNOWN_MODEL" });
  });

  it("of what several models wrote, or of a model that was named, is not expected", () => {
    const decision = decide(prompt(), judgement, policy);
    const answered: Outcome = { ...notAsked(0), answeredBy: decision.chain[0] };
    const continuation = { fromModel: "a", model: "b", cause: "x", method: "prompt", afterCharacters: 1n };
    expect(keptOf(prompt(), decision, { ...answered, continuations: [continuation] })).toBeUndefined();
    expect(keptOf(prompt(), decision, notAsked(0))).toBeUndefined();
    const named = prompt({}, { model: "small" });
    expect(keptOf(named, decide(named, undefined, policy), answered)).toBeUndefined();
  });
});
