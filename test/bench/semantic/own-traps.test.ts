import { shippedVerifierWeights } from "@switchyard/service-cache/verify";
import { loadEmbedder } from "@switchyard/text";
import { describe, expect, it } from "vitest";
import { ownTraps } from "./own-traps.ts";
import { createRecallEngine } from "./recall-engine.ts";

const engine = createRecallEngine(loadEmbedder(), shippedVerifierWeights, 0.01);
const judged = ownTraps().map((row) => ({ ...row, hit: engine.judge(engine.read(row.a), engine.read(row.b)).hit }));
const served = judged.filter(({ hit }) => hit).map(({ kind, a, b }) => `${kind}: ${a} | ${b}`);
const isTrap = (line: string) => !line.startsWith("paraphrase");

describe("traps nobody trained on, under the budget that ships", () => {
  it.each([
    "number",
    "id",
    "version",
    "date",
    "unit",
    "negation",
    "without",
    "never",
    "city",
    "person",
    "company",
    "currency",
    "roles",
  ])("answer no %s with the answer of another", (kind) => {
    expect(judged.filter((row) => row.kind === kind).length).toBeGreaterThan(0);
    expect(served.filter((line) => line.startsWith(`${kind}:`))).toEqual([]);
  });

  it("let next to none of the others pass, products, banking, finance and medicine among them", () => {
    const traps = judged.filter(({ same }) => !same);
    expect(traps.length).toBeGreaterThan(2_000);
    expect(served.filter(isTrap).length / traps.length).toBeLessThan(0.001);
  });

  it("still serve paraphrases in other words", () => {
    const paraphrases = judged.filter(({ same }) => same);
    expect(paraphrases.filter(({ hit }) => hit).length / paraphrases.length).toBeGreaterThan(0.4);
  });
});
