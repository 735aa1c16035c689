import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { shippedVerifierWeights } from "@switchyard/service-cache/verify";
import { loadEmbedder } from "@switchyard/text";
import { afterAll, describe, expect, it } from "vitest";
import { renderReport } from "./render.ts";
import { runBench } from "./run-bench.ts";

const folder = mkdtempSync(join(tmpdir(), "semantic-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const run = (path: string) =>
  runBench({ path, falseHitBudget: 0.01, embedder: loadEmbedder(), weights: shippedVerifierWeights });

writeFileSync(
  join(folder, "twins.jsonl"),
  lines([
    { a: "How do I reset my password?", b: "how can I reset my password", same: true, source: "own" },
    { a: "How do I pay 5 dollars?", b: "How do I pay 6 dollars?", same: false, source: "own", kind: "numbers" },
  ]),
);
writeFileSync(
  join(folder, "context.dev.jsonl.gz"),
  gzipSync(
    lines([
      {
        context_a: ["What is a bond?"],
        a: "Who sells it?",
        context_b: ["What is a car?"],
        b: "Who sells it?",
        same: false,
      },
      {
        context_a: ["What is a bond?"],
        a: "Who sells it?",
        context_b: ["What is a bond?"],
        b: "who sells it",
        same: true,
      },
    ]),
  ),
);
writeFileSync(
  join(folder, "intents.jsonl"),
  lines([
    { text: "how do I reset my password", intent: "reset", source: "x" },
    { text: "please tell me how to reset my password", intent: "reset", source: "x" },
    { text: "play some music", intent: "music", source: "x" },
  ]),
);

describe("the semantic bench", () => {
  const report = run(folder);

  it("reads plain and packed files of a folder and reports each by its stem", () => {
    expect(Object.keys(report.files)).toEqual(["context.dev", "intents", "twins"]);
  });

  it("gives both methods' figures overall, by source and by kind", () => {
    expect(report.files.twins).toMatchObject({
      pairs: 2,
      auc: 1,
      decision: { falseHitRate: 0, hitRate: 1 },
      cosine: { pairs: 2 },
      sources: { own: { pairs: 2, cosine: { pairs: 2 } } },
      kinds: { numbers: { pairs: 1 } },
      stream: { asked: 4, answerable: 1, keepsBudget: true, verified: { correct: 1, wrong: 0, unlabelled: 0 } },
    });
  });

  it("lets no answer cross to another conversation, whatever the method", () => {
    expect(report.files["context.dev"]).toMatchObject({
      decision: { falseHitRate: 0, hitRate: 1 },
      cosine: { decision: { falseHitRate: 0 } },
    });
  });

  it("tells hits on another intent from hits on the same", () => {
    expect(report.files.intents).toMatchObject({
      intents: { asked: 3, verified: { falseHitRate: 0 }, withoutOwnIntent: { verified: { falseHitRate: 0 } } },
    });
  });

  it("takes a single file and renders a table", () => {
    const one = run(join(folder, "twins.jsonl"));
    expect(Object.keys(one.files)).toEqual(["twins"]);
    expect(renderReport(one)).toContain("stream: 4 asked");
    expect(one.usPerPrompt.p50).toBeGreaterThan(0);
  });

  it("refuses a line of another form", () => {
    const bad = join(folder, "bad.txt.jsonl");
    writeFileSync(bad, '{"question":"?"}\n');
    expect(() => run(bad)).toThrow("without a and b");
    rmSync(bad);
  });
});
