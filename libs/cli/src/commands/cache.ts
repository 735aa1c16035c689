import { parseArgs } from "node:util";
import { InvalidateCacheRequest, ReportBadHitRequest } from "@switchyard/contracts/router/v1/router";
import { Caller } from "@switchyard/contracts/type/v1/caller";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { connectRouter, defaultAddress, type RouterConnection, refusalOf } from "../router/router-connection.ts";
import { routerTargetOf } from "../router/router-options.ts";
import { count } from "../terminal/format.ts";

const usage = `Mends the cache: removes answers, and says which was wrong.

  npx switchyard cache invalidate [--tag T]... [--model M] [--everything]
  npx switchyard cache report-bad-hit ID

  invalidate             removes stored answers of the tenant: those that fit everything that is given
  --tag T                marked so by their requests; of several, any
  --model M              given by this model of the catalogue
  --everything           all of them

  report-bad-hit         removes the answer that was wrong, and has the cache ask for more likeness from now on; ID is the
                         cache_entry_id of the report, or the header x-switchyard-cache-entry-id, of the request that got it
  --tenant NAME          for whom
  --address HOST:PORT    the router; by default the one at ${defaultAddress}
  --key KEY              the API key for it; by default SWITCHYARD_ROUTER_KEY. That of a single user cannot invalidate
`;

/** `switchyard cache`: removal of stored answers. */
export const cache: Command = {
  name: "cache",
  summary: "remove stored answers, or report one that was wrong",
  usage,
  async run(parameters, context) {
    const { values, positionals } = parse(parameters);
    const [verb, ...ids] = positionals;
    const caller = Caller.create({ tenant: values.tenant ?? "" });
    if (verb === "invalidate") {
      if (ids.length > 0) throw new UsageError(`what is "${ids[0]}"? Use --tag, --model or --everything`);
      const { tag: tags = [], model = "", everything } = values;
      if (tags.length === 0 && model === "" && !everything) {
        throw new UsageError("which answers? Use --tag, --model or --everything");
      }
      const request = InvalidateCacheRequest.create({ caller, tags, model, everything });
      const { removed } = await ask(values, context, ({ client, options }) =>
        client.invalidateCache(request, options()),
      );
      return void context.output.write(`${count(Number(removed))} ${removed === 1n ? "answer" : "answers"} removed\n`);
    }
    if (verb === "report-bad-hit") {
      const [cacheEntryId = "", ...more] = ids;
      if (cacheEntryId === "" || more.length > 0) throw new UsageError("which answer? Give the id of one");
      const request = ReportBadHitRequest.create({ caller, cacheEntryId });
      const { removed } = await ask(values, context, ({ client, options }) => client.reportBadHit(request, options()));
      return void context.output.write(removed ? "removed\n" : "it was gone already\n");
    }
    throw new UsageError(`"${verb ?? ""}" is nothing to do; invalidate or report-bad-hit is`);
  },
};

/** Asks a router that runs: a private one would have an empty cache. */
async function ask<T>(
  values: Values,
  { environment, signal }: CommandContext,
  work: (router: RouterConnection) => Promise<T>,
): Promise<T> {
  const target = routerTargetOf(values, environment);
  const running = { ...target, address: target.address ?? defaultAddress };
  await using router = await connectRouter(running, environment, signal);
  return await work(router).catch((error: unknown) => {
    throw refusalOf(error, router.address);
  });
}

type Values = ReturnType<typeof parse>["values"];

function parse(parameters: readonly string[]) {
  try {
    const own = {
      address: { type: "string" },
      key: { type: "string" },
      tag: { type: "string", multiple: true },
      model: { type: "string" },
      everything: { type: "boolean", default: false },
      tenant: { type: "string" },
    } as const;
    return parseArgs({ args: [...parameters], options: own, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
