import { Readable } from "node:stream";
import { loadConfig } from "@switchyard/config";
import { describe, expect, it } from "vitest";
import { nanosPerToken, type PricedModel } from "../audit/bill/price-list.ts";
import type { Sample } from "../audit/bill/sample.ts";
import type { Policy, PolicyDecision } from "../audit/policy.ts";
import { renderAudit } from "../audit/render.ts";
import { auditLog } from "./audit.ts";
import { readOptions } from "./audit-options.ts";

// The prices are those of the configuration that ships.
const catalogue: readonly PricedModel[] = loadConfig({}).models.map(({ id, prices, capabilities }) => ({
  id,
  isChat: !capabilities.includes("embeddings"),
  prices: {
    fresh: nanosPerToken(prices.input),
    cached: nanosPerToken(prices.cachedInput ?? prices.input),
    output: nanosPerToken(prices.output),
  },
}));

const policy = (decide: (sample: Sample) => PolicyDecision): Policy => ({
  models: async () => catalogue,
  decide: async (sample) => decide(sample),
});
const always = (model: string) => policy(() => ({ model, task: "TASK_CHAT" }));

const audit = (log: string, by: Policy, parameters: readonly string[] = []) =>
  auditLog(
    readOptions(["-", ...parameters], {}),
    { stream: Readable.from([Buffer.from(log)]), format: undefined, totalBytes: undefined, bytesRead: () => 0 },
    by,
    { remarks: { isTTY: false } as NodeJS.WriteStream, signal: new AbortController().signal },
  );

const source = { address: "router:1", isPrivate: false };
const header = "model,input_tokens,output_tokens,feature,task,stakes\n";
const rows = (times: number, row: string) => `${row}\n`.repeat(times);

/** A day of 50M input and 12M output tokens in three features, in requests of unequal size. */
const day =
  header +
  rows(1_000, "gpt-4o,10000,3000,simple,chat,low") +
  rows(800, "gpt-4o,10000,1250,simple,chat,low") +
  rows(4_000, "gpt-4o,7000,1750,usual,summarization,medium") +
  rows(100, "gpt-4o-2024-08-06,40000,10000,hard,reasoning,high");

const modelOf: Record<string, string> = { simple: "deepseek-v4-flash", usual: "qwen3-32b", hard: "deepseek-v4-pro" };

describe("the audit", () => {
  it("says that 50M input and 12M output tokens a day on GPT-4o cost $125 + $120 = $245", async () => {
    const { total } = await audit(day, always("gpt-4o"));
    expect(total).toMatchObject({ inputTokens: 50_000_000, outputTokens: 12_000_000, todayUsdNanos: 245_000_000_000 });
    const inputOnly = await audit(`${header}gpt-4o,50000000,0,a,,\n`, always("gpt-4o"));
    expect(inputOnly.total.todayUsdNanos).toBe(125_000_000_000);
    const outputOnly = await audit(`${header}gpt-4o,0,12000000,a,,\n`, always("gpt-4o"));
    expect(outputOnly.total.todayUsdNanos).toBe(120_000_000_000);
  });

  it("says that 18M/28M/4M input and 4M/7M/1M output on V4 Flash, Qwen3-32B and V4 Pro cost $15.46 + $15.00 = $30.46, 87.5% less", async () => {
    const decide = policy(({ feature }) => ({ model: modelOf[feature] ?? "", task: "TASK_CHAT" }));
    const { total, buckets } = await audit(day, decide);
    expect(buckets.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
      [28_000_000, 7_000_000],
      [18_000_000, 4_000_000],
      [4_000_000, 1_000_000],
    ]);
    expect(total.policyUsdNanos).toBe(30_460_000_000);
    expect(renderAudit(await audit(day, decide, ["--sample", "10"]), source)).toContain("$30.46  +- $0.00");
    const text = renderAudit(await audit(day, decide), source);
    expect(text).toContain("$245.00");
    expect(text).toContain("$30.46");
    expect(text).toContain("87.5%");
    const inputOnly = day.replaceAll(/,(\d+),\d+,(simple|usual|hard)/g, ",$1,0,$2");
    expect((await audit(inputOnly, decide)).total.policyUsdNanos).toBe(15_460_000_000);
    const outputOnly = day.replaceAll(/,\d+,(\d+),(simple|usual|hard)/g, ",0,$1,$2");
    expect((await audit(outputOnly, decide)).total.policyUsdNanos).toBe(15_000_000_000);
  });

  it("buckets by volume, stakes and task, the largest bill first", async () => {
    const { buckets } = await audit(day, always("qwen3-8b"));
    expect(buckets.map(({ volume, stakes, task, requests }) => [volume, stakes, task, requests])).toEqual([
      ["high", "medium", "summarization", 4_000],
      ["high", "low", "chat", 1_800],
      ["medium", "high", "reasoning", 100],
    ]);
  });

  it("lets the options say what is at stake where the log does not", async () => {
    const log = `${header}gpt-4o,100,10,pay,chat,\ngpt-4o,100,10,tag,chat,\ngpt-4o,100,10,other,chat,\n`;
    const { buckets } = await audit(log, always("qwen3-8b"), ["--high-stakes", "pay", "--low-stakes", "tag"]);
    expect(buckets.map(({ stakes, features }) => [stakes, features]).sort()).toEqual([
      ["high", ["pay"]],
      ["low", ["tag"]],
      ["medium", ["other"]],
    ]);
  });

  it("takes a task that the log does not name from what the policy takes most prompts for", async () => {
    const line = JSON.stringify({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Why?" }],
      usage: { prompt_tokens: 9 },
    });
    const { buckets } = await audit(
      `${line}\n`,
      policy(() => ({ model: "qwen3-8b", task: "TASK_REASONING" })),
    );
    expect(buckets.map(({ task }) => task)).toEqual(["reasoning"]);
  });

  it("keeps at today's model what no model can take, and embeddings", async () => {
    const log = `${header}gpt-4o,1000,100,big,chat,\ntext-embedding-3-small,1000,0,search,,\n`;
    const { total, sampling } = await audit(
      log,
      policy(() => ({ refused: "NO_CANDIDATE" })),
    );
    expect(total.policyUsdNanos).toBe(total.todayUsdNanos);
    expect(sampling).toEqual({ asked: 1, invented: 1, kept: { NO_CANDIDATE: 1 } });
  });

  it("keeps requests without a known price out of both bills and names their models, until a price is given", async () => {
    const log = `${header}gpt-4o,1000,0,a,,\no9-large,1000,0,a,,\n`;
    const { total, unpriced } = await audit(log, always("gpt-4o"));
    expect(total).toMatchObject({ requests: 1, todayUsdNanos: 2_500_000, policyUsdNanos: 2_500_000 });
    expect(unpriced).toEqual({ "o9-large": 1 });
    const priced = await audit(log, always("gpt-4o"), ["--price", "o9-large=10,20"]);
    expect(priced.total).toMatchObject({ requests: 2, todayUsdNanos: 12_500_000, policyUsdNanos: 5_000_000 });
  });

  it("asks about a bounded sample of each bucket, extrapolates its shares, and says how sure that is", async () => {
    const log =
      header +
      Array.from(
        { length: 4_000 },
        (_, index) => `gpt-4o,${index % 4 === 0 ? 4_000 : 1_000},100,mixed,chat,low\n`,
      ).join("");
    let asked = 0;
    const long = policy(({ tokens }) => {
      asked++;
      return { model: tokens.fresh > 2_000 ? "gpt-4o" : "qwen3-8b", task: "TASK_CHAT" };
    });
    const { total } = await audit(log, long, ["--sample", "200"]);
    expect(asked).toBe(200);
    const truth = 1_000 * (4_000 * 2_500 + 100 * 10_000) + 3_000 * (1_000 * 10 + 100 * 10);
    expect(total.extrapolated).toBe(3_800);
    expect(total.policyMarginUsdNanos).toBeGreaterThan(0);
    expect(Math.abs(total.policyUsdNanos - truth)).toBeLessThan(1.5 * total.policyMarginUsdNanos);
  });

  it("comes to the same result for the same log and seed", async () => {
    const mixed = policy(({ tokens }) => ({ model: tokens.output > 1_500 ? "gpt-4o" : "qwen3-8b", task: "TASK_CHAT" }));
    expect(await audit(day, mixed, ["--sample", "30"])).toEqual(await audit(day, mixed, ["--sample", "30"]));
  });

  it("counts repetition, and leaves excerpts out where it is told to", async () => {
    const line = JSON.stringify({
      model: "gpt-4o",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Where is my parcel?" },
      ],
      usage: { prompt_tokens: 20, completion_tokens: 5 },
    });
    const { repetition } = await audit(`${line}\n`.repeat(4), always("gpt-4o"));
    expect(repetition?.duplicates).toMatchObject({ exact: 3, near: 3, nearMemory: undefined });
    expect(repetition?.queries).toMatchObject({
      distinct: 1,
      top: [{ text: "Where is my parcel?", count: 4, error: 0 }],
    });
    expect(repetition?.systemPrompts).toMatchObject({ requests: 4, distinct: 1, repeated: 3 });
    const hidden = await audit(`${line}\n`.repeat(4), always("gpt-4o"), ["--no-excerpts"]);
    expect(JSON.stringify(hidden)).not.toMatch(/parcel|brief/);
  });

  it("says which lines it could not use, and goes on", async () => {
    const { reading, total } = await audit(`${header}gpt-4o,1,1,a,,\ngpt-4o,many,1,a,,\n`, always("gpt-4o"));
    expect(total.requests).toBe(1);
    expect(reading.unusableLines).toBe(1);
    expect(reading.problems).toEqual([
      { line: 3, message: 'input_tokens must be a whole number of at least 0, not "many"' },
    ]);
  });

  it.each([
    ["", "holds no requests"],
    ["{\n", "line 1: not a JSON object"],
    [
      "model,tokens\n",
      "line 1: the CSV header lacks input_tokens or prompt_tokens, output_tokens or completion_tokens",
    ],
    [`${header}o9,1,1,a,,\n`, 'no model of "-" has a known price: o9'],
  ])("cannot audit %j and says why", async (log, why) => {
    await expect(audit(log, always("gpt-4o"))).rejects.toThrow(why);
  });
});
