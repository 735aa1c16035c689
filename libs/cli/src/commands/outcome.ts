import { parseArgs } from "node:util";
import { type OutcomeSource, RecordOutcomeRequest } from "@switchyard/contracts/router/v1/router";
import { Caller } from "@switchyard/contracts/type/v1/caller";
import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { type Command, UsageError } from "../command.ts";
import { connectRouter, refusalOf } from "../router/router-connection.ts";
import { routerOptions, routerTargetOf, routerUsage } from "../router/router-options.ts";

const usage = `Tells the router how good an answer was, so that it learns which model is good enough for what.

  npx switchyard outcome REQUEST_ID --good
  npx switchyard outcome --model ID (--task TASK | --prompt TEXT) --score 0.4 --source test

  REQUEST_ID             from the routing report of the answer; kept for a week, by default
  --good, --bad          whether it was as good as was to be expected of the baseline model
  --score X              the same by degrees, 0 to 1
  --source WHO           user (by default), judge or test
  --model, --task, --prompt
                         what was answered, where no request of the router was
  --tenant NAME          for whom
${routerUsage}`;

/** `switchyard outcome`: a judgement of one answer. */
export const outcome: Command = {
  name: "outcome",
  summary: "tell how good an answer was, for the router to learn from",
  usage,
  async run(parameters, context) {
    const { values, request } = readOptions(parameters);
    const target = routerTargetOf(values, context.environment);
    await using router = await connectRouter(target, context.environment, context.signal);
    const { recorded } = await router.client.recordOutcome(request, router.options()).catch((error: unknown) => {
      throw refusalOf(error, router.address);
    });
    context.output.write(recorded ? "recorded\n" : "this source has judged the request before: not counted again\n");
  },
};

const sources: Readonly<Record<string, OutcomeSource>> = {
  user: "OUTCOME_SOURCE_USER",
  judge: "OUTCOME_SOURCE_JUDGE",
  test: "OUTCOME_SOURCE_TEST",
};
const tasks = ["chat", "classification", "extraction", "summarization", "translation", "code", "reasoning", "writing"];

function readOptions(parameters: readonly string[]) {
  const { values, positionals } = parse(parameters);
  const [requestId = "", ...more] = positionals;
  if (more.length > 0) throw new UsageError("one request at a time");
  const { model = "", task, prompt = "", source } = values;
  if (requestId === "" && (model === "" || (task === undefined && prompt === ""))) {
    throw new UsageError("which answer? Give a request's id, or --model with --task or --prompt");
  }
  if (!sources[source]) throw new UsageError(`--source must be user, judge or test, not "${source}"`);
  if (task !== undefined && !tasks.includes(task)) throw new UsageError(`--task must be one of ${tasks.join(", ")}`);
  const request = RecordOutcomeRequest.create({
    ...{ requestId, model, prompt, source: sources[source], verdict: verdictOf(values) },
    task: task === undefined ? "TASK_UNSPECIFIED" : (`TASK_${task.toUpperCase()}` as Task),
    caller: Caller.create({ tenant: values.tenant ?? "" }),
  });
  return { values, request };
}

function verdictOf({ good, bad, score }: ReturnType<typeof parse>["values"]): RecordOutcomeRequest["verdict"] {
  const given = [good, bad, score !== undefined].filter(Boolean).length;
  if (given !== 1) throw new UsageError("how good was it? One of --good, --bad and --score X");
  if (score === undefined) return { $case: "good", value: good };
  const value = score.trim() === "" ? Number.NaN : Number(score);
  if (value >= 0 && value <= 1) return { $case: "score", value };
  throw new UsageError(`--score must be from 0 to 1, not "${score}"`);
}

function parse(parameters: readonly string[]) {
  try {
    const own = {
      good: { type: "boolean", default: false },
      bad: { type: "boolean", default: false },
      score: { type: "string" },
      source: { type: "string", default: "user" },
      model: { type: "string" },
      task: { type: "string" },
      prompt: { type: "string" },
      tenant: { type: "string" },
    } as const;
    return parseArgs({ args: [...parameters], options: { ...routerOptions, ...own }, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
