import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { encodeModel } from "../src/domain/model/model-format.ts";
import { modelTasks } from "../src/domain/model/model-tasks.ts";
import { bucketBits } from "../src/domain/model/prompt-features.ts";
import { complexityHeads, fitComplexity, fitMeasuredKind } from "./fit-complexity.ts";
import { calibrateOnUnseenSources, chooseVocabulary, fitTasks, labelled } from "./fit-tasks.ts";
import { writeCard } from "./model-card.ts";
import { quantize } from "./quantize.ts";
import { fingerprint } from "./rows.ts";
import { licensedRows, ownRows } from "./training-rows.ts";
import { vectorsOf } from "./vectors.ts";

// node services/classifier/training/train.ts --data FOLDER --out services/classifier/src/model
// Trains the classifier's model, writes it with its card. Deterministic. `--everything` also takes the sources whose licence
// forbids shipping what comes out, for comparison.

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    out: { type: "string" },
    features: { type: "string", default: "65000" },
    everything: { type: "boolean", default: false },
  },
});
if (!flags.data || !flags.out)
  throw new Error("usage: train.ts --data FOLDER --out FOLDER [--features N] [--everything]");

const say = (line: string) => process.stderr.write(`${line}\n`);
const files = ["train.jsonl.gz", "complexity_train.jsonl.gz"].map((name) => join(flags.data ?? "", name));
const [taskFile = "", complexityFile = ""] = files;
const tasks = modelTasks.map((task) => task.slice("TASK_".length).toLowerCase());

const data = labelled([...licensedRows(taskFile, flags.everything), ...ownRows(2_500, 7)], tasks);
say(`${data.rows.length} prompts`);
const vocabulary = chooseVocabulary(data, tasks.length, Number(flags.features));
const features = vocabulary.reduce((most, feature) => Math.max(most, feature), 0);
const vectors = vectorsOf(data.rows, vocabulary);
say(`${features} features`);
const taskModel = fitTasks(vectors, data, tasks.length, features);
const calibration = calibrateOnUnseenSources(vectors, data, tasks.length, features);
say(`on groups left out: accuracy ${calibration.accuracy.toFixed(3)}`);
const complexityRows = licensedRows(complexityFile, flags.everything);
const heads = [
  ...fitComplexity(complexityRows, vocabulary, features),
  fitMeasuredKind(complexityRows, data.rows, vocabulary, features),
];

const { columns, weights, scaleBytes } = quantize(
  [
    ...tasks.map((name, k) => ({
      name,
      bias: taskModel.bias[k] as number,
      weightOf: (feature: number) => taskModel.weights[feature * tasks.length + k] as number,
    })),
    ...heads.map(({ name, bias, weights: column }) => ({
      name,
      bias,
      weightOf: (feature: number) => column[feature] as number,
    })),
  ],
  features,
);
const header = {
  version: flags.everything ? "linear/2-everything" : "linear/2",
  bits: bucketBits,
  features,
  columns,
  calibration: calibration.steps,
};
const bytes = encodeModel({ header, vocabulary, weights, scaleBytes });
mkdirSync(flags.out, { recursive: true });
writeFileSync(join(flags.out, "classifier.bin"), bytes);
writeCard(join(flags.out, "card.json"), {
  version: header.version,
  bytes,
  data: files.map(fingerprint),
  rows: data.rows,
  complexityRows: heads.map(({ name, rows }, index) => ({
    head: name,
    kind: complexityHeads[index]?.kind ?? "outcome or none",
    rows,
  })),
  features,
  accuracyOnGroupsLeftOut: calibration.accuracy,
});
say(`${bytes.length} bytes`);
