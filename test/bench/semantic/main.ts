import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { shippedVerifierWeights, type VerifierWeights } from "@switchyard/service-cache/verify";
import { createEmbedder, loadEmbedder } from "@switchyard/text";
import { renderReport, type SemanticReport } from "./render.ts";
import { runBench } from "./run-bench.ts";

const usage =
  "usage: npm run bench:semantic -- --data FILE_OR_DIR [--json] [--budget 0.01] [--embedder FILE --verifier FILE]";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    json: { type: "boolean", default: false },
    /** False-hit budget, a share; the default is what ships. */
    budget: { type: "string", default: "0.01" },
    /** Other weights than those that ship, to compare. */
    embedder: { type: "string" },
    verifier: { type: "string" },
  },
});

if (!options.data) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  const report: SemanticReport = runBench({
    path: options.data,
    falseHitBudget: Number(options.budget),
    embedder: options.embedder ? createEmbedder(readFileSync(options.embedder)) : loadEmbedder(),
    weights: options.verifier
      ? (JSON.parse(readFileSync(options.verifier, "utf8")) as VerifierWeights)
      : shippedVerifierWeights,
  });
  process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report));
}
