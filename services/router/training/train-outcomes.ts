import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type HeadQuality, learnOutcomes } from "./learn-outcomes.ts";
import { readOutcomes, type TierOf } from "./outcome-rows.ts";
import { hashOfFiles, readLines } from "./routing-data.ts";

// Learns routing odds from an operator's own outcomes:
// node train-outcomes.ts --outcomes FILE --out FOLDER [--tiers FILE] [--unlike FILE]
// The same file gives the same weights. FILE of --tiers is JSON, model to tier; of --unlike, JSON Lines with `text`.

const fewestPrompts = 200;

const { values: options } = parseArgs({
  options: {
    outcomes: { type: "string" },
    out: { type: "string" },
    tiers: { type: "string" },
    unlike: { type: "string" },
  },
});
if (!options.outcomes || !options.out) throw new TypeError("train-outcomes.ts --outcomes FILE --out FOLDER");

const rows = readOutcomes(options.outcomes);
if (rows.length < fewestPrompts) {
  throw new TypeError(
    `${rows.length} prompts teach too little: ${fewestPrompts} are needed, and some thousand are good`,
  );
}
const tierOf = options.tiers ? (JSON.parse(readFileSync(options.tiers, "utf8")) as TierOf) : {};
const unlike = options.unlike ? readLines<{ text: string }>(options.unlike).map(({ text }) => text) : [];
const { weights, header, heads } = learnOutcomes(rows, tierOf, unlike);
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, "odds.bin"), weights);
const card = `# Model card: routing odds \`${header.version}\`

Chance that a model's answer is good enough, learned from the operator's own outcomes.

- Data: ${rows.length} prompts; SHA-256 of the file \`${hashOfFiles([options.outcomes])}\`.
- ${unlike.length} prompts stand for those that are unlike them${unlike.length === 0 ? ": the odds trust themselves on any prompt" : ""}.
- ${header.features} words and pairs of words, ${header.dimensions} dimensions in 8 bits: ${(weights.length / 1e6).toFixed(2)} MB.

By cross-validation: the loss is the mean logarithm of the chance given to what happened, negated. Where it is not below that
of the model's mean, words tell nothing beyond it.

| head | outcomes | mean | loss | loss of the mean |
|---|---|---|---|---|
${heads.map(lineOf).join("\n")}
`;
writeFileSync(join(options.out, "odds.md"), card);
process.stdout.write(card);

function lineOf({ name, count, mean, loss, meanLoss }: HeadQuality): string {
  return `| ${name.replace("|", " ")} | ${count} | ${mean.toFixed(3)} | ${loss.toFixed(4)} | ${meanLoss.toFixed(4)} |`;
}
