import { performance } from "node:perf_hooks";
import { createVerifier, type VerifierWeights } from "@switchyard/service-cache/verify";
import { cosine, type Embedder } from "@switchyard/text";
import { benchIntents } from "./intents-bench.ts";
import { rounded } from "./measures.ts";
import { benchPairs } from "./pairs-bench.ts";
import { type DataFile, readFiles } from "./read-files.ts";
import { createRecallEngine } from "./recall-engine.ts";
import type { SemanticReport } from "./render.ts";
import { benchStream } from "./stream-bench.ts";

export interface BenchOptions {
  readonly path: string;
  readonly falseHitBudget: number;
  readonly embedder: Embedder;
  readonly weights: VerifierWeights;
}

const mostAskedOfIntents = 2_000;
const mostAskedOfStream = 6_000;

/** Runs every file of a path through both methods. */
export function runBench({ path, falseHitBudget, embedder, weights }: BenchOptions): SemanticReport {
  const files = readFiles(path);
  const engine = createRecallEngine(embedder, weights, falseHitBudget);
  const report: SemanticReport["files"] = {};
  for (const file of files) {
    if (file.form === "intents") {
      report[file.stem] = { intents: benchIntents(file.rows, engine, mostAskedOfIntents) };
      continue;
    }
    const scoped = file.rows.filter(({ contextA, contextB }) => contextA.length + contextB.length === 0);
    report[file.stem] = {
      ...benchPairs(file.rows, engine),
      ...(scoped.length > 0 && {
        stream: benchStream(scoped, engine, { mostAsked: mostAskedOfStream, falseHitBudget, random: seededRandom(7) }),
      }),
    };
  }
  return {
    files: report,
    usPerPrompt: timePerPrompt(files, embedder, weights),
    versions: { embedder: embedder.version, verifier: weights.version },
    thresholds: { falseHitBudget, ...engine.thresholds },
  };
}

/** Microseconds to embed a prompt, read it for the verifier and verify it against one candidate. */
function timePerPrompt(files: readonly DataFile[], embedder: Embedder, weights: VerifierWeights) {
  const verifier = createVerifier(weights);
  const texts = files.flatMap(({ form, rows }) =>
    form === "pairs" ? rows.flatMap(({ a, b }) => [a, b]) : rows.map(({ text }) => text),
  );
  const sample = texts.slice(0, 4_000);
  const times: number[] = [];
  let stored: { vector: Float32Array; prepared: ReturnType<typeof verifier.prepare> } | undefined;
  for (let turn = 0; turn < 2; turn++) {
    for (const text of sample) {
      const start = performance.now();
      const asked = { vector: embedder.embed(text), prepared: verifier.prepare(text) };
      if (stored) verifier.verify(stored.prepared, asked.prepared, cosine(stored.vector, asked.vector));
      if (turn > 0) times.push((performance.now() - start) * 1_000);
      stored = asked;
    }
  }
  times.sort((a, b) => a - b);
  const at = (quantile: number) => rounded(times[Math.floor(quantile * (times.length - 1))] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
