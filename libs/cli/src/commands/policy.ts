import { parseArgs } from "node:util";
import {
  ComparePolicyVersionsRequest,
  ListPolicyVersionsRequest,
  PinPolicyVersionRequest,
  RollBackPolicyRequest,
} from "@switchyard/contracts/router/v1/router";
import { type Command, UsageError } from "../command.ts";
import { jsonOf } from "../explain/json-of.ts";
import { renderComparison, renderVersions } from "../explain/render-versions.ts";
import { connectRouter, type RouterConnection, refusalOf } from "../router/router-connection.ts";
import { routerOptions, routerTargetOf, routerUsage } from "../router/router-options.ts";

const usage = `Shows what the router has learned from outcomes, version by version, and which version decides.

  npx switchyard policy list                 the versions that are kept, newest first
  npx switchyard policy compare FROM TO      what two of them say differently, and would have decided of recent requests
  npx switchyard policy pin VERSION          this one decides until it is unpinned; what is learned meanwhile waits
  npx switchyard policy unpin                the newest decides again
  npx switchyard policy rollback VERSION     what was learned is again what it was at that version, as a new one

With API keys configured, an operator's is needed.

${routerUsage}  --json                 the router's answer
`;

/** `switchyard policy`: versions of the routing policy. */
export const policy: Command = {
  name: "policy",
  summary: "what was learned from outcomes: list, compare, pin and roll back its versions",
  usage,
  async run(parameters, context) {
    const { action, names, values } = readOptions(parameters);
    const target = routerTargetOf(values, context.environment);
    await using router = await connectRouter(target, context.environment, context.signal);
    const { answer, shown } = await act(action, names, router).catch((error: unknown) => {
      throw refusalOf(error, router.address);
    });
    context.output.write(values.json ? jsonOf(answer) : shown());
  },
};

const actions = { list: 0, compare: 2, pin: 1, unpin: 0, rollback: 1 } as const;
type Action = keyof typeof actions;

async function act(
  action: Action,
  [first = "", second = ""]: readonly string[],
  { client, options }: RouterConnection,
) {
  switch (action) {
    case "list": {
      const answer = await client.listPolicyVersions(ListPolicyVersionsRequest.create({}), options());
      return { answer, shown: () => renderVersions(answer.versions) };
    }
    case "compare": {
      const request = ComparePolicyVersionsRequest.create({ from: first, to: second });
      const answer = await client.comparePolicyVersions(request, options());
      return { answer, shown: () => renderComparison(answer, first, second) };
    }
    case "rollback": {
      const answer = await client.rollBackPolicy(RollBackPolicyRequest.create({ name: first }), options());
      return { answer, shown: () => `${answer.made?.name ?? "?"} decides now: ${answer.made?.cause ?? ""}\n` };
    }
    default: {
      const answer = await client.pinPolicyVersion(PinPolicyVersionRequest.create({ name: first }), options());
      return { answer, shown: () => `${answer.active?.name ?? "?"} decides now\n` };
    }
  }
}

function readOptions(parameters: readonly string[]) {
  const { values, positionals } = parse(parameters);
  const [action = "", ...names] = positionals;
  if (!Object.hasOwn(actions, action)) {
    throw new UsageError(`what about the policy? ${Object.keys(actions).join(", ")}, not "${action}"`);
  }
  const wanted = actions[action as Action];
  if (names.length !== wanted) throw new UsageError(`${action} takes ${wanted} version${wanted === 1 ? "" : "s"}`);
  return { action: action as Action, names, values };
}

function parse(parameters: readonly string[]) {
  try {
    const options = { ...routerOptions, json: { type: "boolean", default: false } } as const;
    return parseArgs({ args: [...parameters], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
