import { parseArgs } from "node:util";
import { ExplainRequest, type ExplainResponse } from "@switchyard/contracts/router/v1/router";
import { Caller } from "@switchyard/contracts/type/v1/caller";
import { ChatRequest, ContentPart, Message } from "@switchyard/contracts/type/v1/chat";
import { RoutingHints } from "@switchyard/contracts/type/v1/routing";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { jsonOf } from "../explain/json-of.ts";
import { renderExplanation } from "../explain/render-explanation.ts";
import { connectRouter, refusalOf } from "../router/router-connection.ts";
import { routerOptions, routerTargetOf, routerUsage } from "../router/router-options.ts";

const usage = `Tells where a prompt would be sent and why: what it is taken for, how likely each model is good enough, the chain of models
and what each alternative would cost beside the baseline. Nothing is asked of any model, and nothing is spent.

  npx switchyard explain PROMPT [OPTION...]
  npx switchyard explain - < prompt.txt

  --system TEXT          the operator's instructions
  --model ID             a model of the catalogue instead of \`auto\`
  --max-tokens N         bound on the answer
  --quality-target X     chance of being as good as the baseline that is wanted, above 0 to 1
  --max-cost USD         most it may cost
  --tenant NAME          for whom; --user, --feature likewise
  --all                  every model, also those that cannot take the request; 12 otherwise
${routerUsage}  --json                 the router's answer, with money in nano-USD
`;

/** `switchyard explain`: what the router would decide about a prompt. */
export const explain: Command = {
  name: "explain",
  summary: "where a prompt would be sent, why, and what each alternative would cost",
  usage,
  async run(parameters, context) {
    const options = readOptions(parameters);
    const request = requestOf(options.prompt === "-" ? await allOf(context) : options.prompt, options.values);
    await using router = await connectRouter(
      routerTargetOf(options.values, context.environment),
      context.environment,
      context.signal,
    );
    const answer: ExplainResponse = await router.client.explain(request, router.options()).catch((error: unknown) => {
      throw refusalOf(error, router.address);
    });
    context.output.write(options.values.json ? jsonOf(answer) : renderExplanation(answer, options.values.all));
  },
};

type Values = ReturnType<typeof parse>["values"];

function requestOf(text: string, values: Values): ExplainRequest {
  const maxCost = numberOf(values, "max-cost");
  return ExplainRequest.create({
    chat: ChatRequest.create({
      model: values.model,
      messages: [...(values.system ? [message("ROLE_SYSTEM", values.system)] : []), message("ROLE_USER", text)],
      ...optional("maxTokens", numberOf(values, "max-tokens")),
    }),
    caller: Caller.create({
      tenant: values.tenant ?? "",
      user: values.user ?? "",
      feature: values.feature ?? "",
    }),
    hints: RoutingHints.create({
      ...optional("qualityTarget", numberOf(values, "quality-target")),
      ...optional("maxCostUsdNanos", maxCost === undefined ? undefined : BigInt(Math.round(maxCost * 1e9))),
    }),
  });
}

const optional = <Key extends string, Value>(key: Key, value: Value | undefined) =>
  value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);

const message = (role: "ROLE_SYSTEM" | "ROLE_USER", text: string) =>
  Message.create({ role, content: [ContentPart.create({ part: { $case: "text", value: text } })] });

function numberOf(values: Values, name: "max-tokens" | "quality-target" | "max-cost"): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`--${name} must be a number, not "${text}"`);
}

function readOptions(parameters: readonly string[]) {
  const { values, positionals } = parse(parameters);
  const [prompt, ...more] = positionals;
  if (prompt === undefined)
    throw new UsageError("which prompt? Put it in quotes, or `-` to read it from what is piped in");
  if (more.length > 0) throw new UsageError("more than one prompt: put it in quotes");
  return { prompt, values };
}

function parse(parameters: readonly string[]) {
  try {
    const own = {
      system: { type: "string" },
      model: { type: "string", default: "auto" },
      "max-tokens": { type: "string" },
      "quality-target": { type: "string" },
      "max-cost": { type: "string" },
      tenant: { type: "string" },
      user: { type: "string" },
      feature: { type: "string" },
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    } as const;
    return parseArgs({ args: [...parameters], options: { ...routerOptions, ...own }, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function allOf({ input }: CommandContext): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
