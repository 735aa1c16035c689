import { parseArgs } from "node:util";
import { nanosPerToken, type PricedModel } from "../audit/bill/price-list.ts";
import type { LogFormat } from "../audit/log/read-log.ts";
import type { Stakes } from "../audit/vocabulary.ts";
import { UsageError } from "../command.ts";
import type { RouterTarget } from "../router/router-connection.ts";
import { routerOptions, routerTargetOf, routerUsage } from "../router/router-options.ts";

export const usage = `Reads a log of past requests and prints today's bill beside the bill under the routing policy, use pattern by use pattern,
and what repeats. Nothing is sent to any model.

  npx switchyard audit [OPTION...] LOG

  LOG                    JSON Lines of OpenAI requests and responses, or CSV with the columns model, input_tokens, output_tokens
                         and, if you have them, cached_input_tokens, feature, task, stakes, prompt, system. May end in .gz;
                         - reads what is piped in. libs/cli/README.md describes both; libs/cli/samples has one of each.

${routerUsage}  --high-stakes A,B,...  features where a bad answer is costly
  --low-stakes A,B,...   features where it is not; every other is medium, unless the log says so itself
  --price M=IN,OUT[,C]   what model M costs in USD per million input, output and cached input tokens; for models that are not in
                         the catalogue; may be given several times
  --sample N             requests of each use pattern that the policy is asked about, 10 to 10000; 100 by default
  --seed N               seed of the samples; 1 by default
  --format jsonl|csv     the format, where the file's name does not tell
  --no-excerpts          leave the beginnings of frequent prompts out of the output
  --json                 print the result as JSON
`;

/** What the audit was asked to do. */
export interface AuditOptions extends RouterTarget {
  /** Path of the log; `-` is what is piped in. */
  readonly log: string;
  readonly stakesOf: ReadonlyMap<string, Stakes>;
  readonly prices: readonly PricedModel[];
  readonly sampleSize: number;
  readonly seed: number;
  readonly format: LogFormat | undefined;
  readonly hasExcerpts: boolean;
  readonly json: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line. Throws UsageError that names the option. */
export function readOptions(parameters: readonly string[], environment: Environment): AuditOptions {
  const { values, positionals } = parse(parameters);
  const [log, ...others] = positionals;
  if (log === undefined) throw new UsageError("which log? Give the path of a file, or - for what is piped in");
  if (others.length > 0) throw new UsageError(`one log at a time, not also "${others[0]}"`);
  const { format } = values;
  const target = routerTargetOf(values, environment);
  if (format !== undefined && format !== "jsonl" && format !== "csv") {
    throw new UsageError(`--format must be jsonl or csv, not "${format}"`);
  }
  return {
    log,
    ...target,
    stakesOf: stakesOf(values["high-stakes"], values["low-stakes"]),
    prices: (values.price ?? []).map(priceOf),
    sampleSize: wholeNumber("--sample", values.sample, 10, 10_000),
    seed: wholeNumber("--seed", values.seed, 0, 2 ** 31 - 1),
    format,
    hasExcerpts: values.excerpts,
    json: values.json,
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      allowNegative: true,
      options: {
        ...routerOptions,
        "high-stakes": { type: "string" },
        "low-stakes": { type: "string" },
        price: { type: "string", multiple: true },
        sample: { type: "string", default: "100" },
        seed: { type: "string", default: "1" },
        format: { type: "string" },
        excerpts: { type: "boolean", default: true },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function stakesOf(high: string | undefined, low: string | undefined): ReadonlyMap<string, Stakes> {
  const features = (list: string | undefined) => (list ?? "").split(",").flatMap((name) => name.trim() || []);
  const stakes = new Map<string, Stakes>(features(high).map((feature) => [feature, "high"]));
  for (const feature of features(low)) {
    if (stakes.has(feature)) throw new UsageError(`"${feature}" stands in --high-stakes and in --low-stakes`);
    stakes.set(feature, "low");
  }
  return stakes;
}

function priceOf(text: string): PricedModel {
  const [, id, list = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const [input, output, cached = input, ...others] = list
    .split(",")
    .map((part) => (part.trim() ? Number(part) : Number.NaN));
  const isPrice = (value: number | undefined): value is number => value !== undefined && value >= 0 && value < 1e6;
  if (!id || others.length > 0 || !isPrice(input) || !isPrice(output) || !isPrice(cached)) {
    throw new UsageError(
      `--price must be MODEL=INPUT,OUTPUT or MODEL=INPUT,OUTPUT,CACHED in USD per million, not "${text}"`,
    );
  }
  const prices = { fresh: nanosPerToken(input), cached: nanosPerToken(cached), output: nanosPerToken(output) };
  return { id: id.trim(), prices, isChat: true };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}, not "${text}"`);
}
