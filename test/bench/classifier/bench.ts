import process from "node:process";
import { parseArgs } from "node:util";
import { createPromptClassifier } from "@switchyard/service-classifier/prompt-classifier";
import {
  accuracyOf,
  areaUnderCurve,
  calibrationErrorOf,
  confusionOf,
  type Judged,
  macroF1Of,
  mostConfident,
  percentile,
} from "./measures.ts";
import { type LabelledPrompt, readPrompts } from "./read-prompts.ts";

// npm run bench:classifier -- --data FILE_OR_FOLDER [--json]
// Judges labelled prompts with the shipped classifier and says how good and how fast it is. Quality is measured on all rows
// with a task; speed on one thread, over the same prompts and over prompts of 2 kB.

const { values: flags } = parseArgs({
  options: { data: { type: "string" }, json: { type: "boolean", default: false } },
});
if (!flags.data) throw new Error("usage: npm run bench:classifier -- --data FILE_OR_FOLDER [--json]");

/** Sources made of templates; the others are prompts as people or data sets word them. */
const templated = new Set(["t0", "crossed", "natinst"]);

const classifier = createPromptClassifier();
const prompts = readPrompts(flags.data);
const classify = ({ text, system }: Pick<LabelledPrompt, "text" | "system">) =>
  classifier.classify({ text, system: system ?? "", earlierTurnCount: 0, hasTools: false, wantsJson: false });

const judged: (Judged & { readonly language: string })[] = prompts.flatMap((prompt) => {
  if (prompt.task === null) return [];
  const { task, taskConfidence, language } = classify(prompt);
  const judgedTask = task.slice("TASK_".length).toLowerCase();
  return [{ source: prompt.source, task: prompt.task, judgedTask, confidence: taskConfidence, language }];
});

const natural = judged.filter(({ source }) => !templated.has(source));
const report = {
  prompts: judged.length,
  accuracy: accuracyOf(judged),
  naturalAccuracy: accuracyOf(natural),
  macroF1: macroF1Of(judged),
  macroF1WithoutChinese: macroF1Of(judged.filter(({ language }) => language !== "zh")),
  ece: calibrationErrorOf(judged),
  confident60Accuracy: accuracyOf(mostConfident(judged, 0.6)),
  naturalConfident60Accuracy: accuracyOf(mostConfident(natural, 0.6)),
  outcomeAuc: outcomeAreas(),
  usPerPrompt: timesOf(prompts.slice(0, 6_000)),
  usPerPromptOf2kB: timesOf(prompts.slice(0, 3_000).map(toTwoKilobytes)),
  sources: Object.fromEntries(
    [...Map.groupBy(judged, ({ source }) => source)].map(([source, rows]) => [
      source,
      { n: rows.length, accuracy: accuracyOf(rows) },
    ]),
  ),
  confusion: confusionOf(judged),
};
process.stdout.write(flags.json ? asJson() : asText());

/** For each kind of complexity label, how well the judged complexity ranks the harder half behind the easier. */
function outcomeAreas(): Record<string, { n: number; auc: number }> {
  const kinds = Map.groupBy(prompts, ({ cx_src }) => cx_src ?? "");
  const areas: Record<string, { n: number; auc: number }> = {};
  for (const [kind, rows] of kinds) {
    if (kind === "") continue;
    const levels = rows.map(({ complexity }) => complexity ?? 0);
    // Of a pair of models: whether the cheap one failed. Of others: whether it is harder than most.
    const limit = kind.includes("_vs_") || kind.startsWith("model_") ? 0.5 : percentile(levels, 0.5);
    const area = areaUnderCurve(
      rows.map((row, index) => ({ score: classify(row).complexity, isTrue: (levels[index] ?? 0) > limit })),
    );
    if (area !== undefined) areas[kind] = { n: rows.length, auc: area };
  }
  return areas;
}

/**
 * Microseconds of each prompt on a warm classifier; and the processor's time for one, on average, which a busy machine does
 * not lengthen by what it does in between.
 */
function timesOf(measured: readonly Pick<LabelledPrompt, "text" | "system">[]) {
  for (const prompt of measured) classify(prompt);
  const before = process.cpuUsage();
  const times = measured.map((prompt) => {
    const start = process.hrtime.bigint();
    classify(prompt);
    return Number(process.hrtime.bigint() - start) / 1_000;
  });
  const { user, system } = process.cpuUsage(before);
  const processorMean = (user + system) / Math.max(1, measured.length);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), processorMean };
}

function toTwoKilobytes({ text, system }: LabelledPrompt): Pick<LabelledPrompt, "text" | "system"> {
  return { system, text: text === "" ? "" : text.repeat(Math.ceil(2_048 / text.length)).slice(0, 2_048) };
}

/** Numbers to three digits after the point. */
function rounded<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_, item) => (typeof item === "number" ? Math.round(item * 1_000) / 1_000 : item)),
  );
}

function asJson(): string {
  const { accuracy, macroF1, ece, confident60Accuracy, sources } = report;
  const { p50, p99 } = report.usPerPrompt;
  const fields = { accuracy, macroF1, ece, confident60Accuracy, usPerPrompt: { p50, p99 }, sources };
  return `${JSON.stringify(rounded(fields), null, 2)}\n`;
}

function asText(): string {
  const { usPerPrompt, usPerPromptOf2kB, sources, confusion, outcomeAuc, prompts: count, ...shares } = rounded(report);
  const tasks = Object.keys(confusion).sort();
  const line = (name: string, value: unknown) => `${name.padEnd(30)}${value}`;
  return `${[
    line("prompts", count),
    ...Object.entries(shares).map(([name, value]) => line(name, value)),
    ...Object.entries(outcomeAuc).map(([kind, { n, auc }]) => line(`AUC ${kind}`, `${auc} of ${n}`)),
    ...Object.entries(usPerPrompt).map(([name, value]) => line(`µs ${name}`, value)),
    ...Object.entries(usPerPromptOf2kB).map(([name, value]) => line(`µs ${name} of 2 kB`, value)),
    "",
    ...Object.entries(sources).map(([source, { n, accuracy }]) => line(source, `${accuracy} of ${n}`)),
    "",
    line("is \\ taken for", tasks.map((task) => task.slice(0, 7).padStart(8)).join("")),
    ...tasks.map((task) =>
      line(task, tasks.map((other) => String(confusion[task]?.[other] ?? 0).padStart(8)).join("")),
    ),
  ].join("\n")}\n`;
}
