import { BudgetServiceDefinition } from "@switchyard/contracts/budget/v1/budget";
import {
  CompleteRequest,
  ExplainRequest,
  ListModelsRequest,
  RouterServiceDefinition,
  StreamCompleteRequest,
} from "@switchyard/contracts/router/v1/router";
import { type Certificates, connect, RpcError, Status } from "@switchyard/rpc";
import { withKey } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";

/** What the load does: calls that may be repeated, calls that cost money, and streams, by gRPC and by HTTP. */
export const kinds = ["explain", "list-models", "usage", "complete", "stream", "http", "http-stream"] as const;

export type Kind = (typeof kinds)[number];

/** How one kind of call went. */
export interface Tally {
  answered: number;
  /** What failed, in the caller's words. */
  readonly failures: string[];
  /** Answers that took the platform more than one attempt. */
  repaired: number;
}

export interface Load {
  readonly tallies: Readonly<Record<Kind, Tally>>;
  total(): number;
  /** Lets the calls in flight end, and sends no more. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly routerTarget: string;
  readonly budgetTarget: string;
  readonly httpUrl: string;
  /** What the callers show, where services want to see it. */
  readonly certificates?: Certificates;
  /** Callers of each kind, each with one call at a time. */
  readonly callers: Readonly<Record<Kind, number>>;
  /** What a caller waits between an answer and its next call, in milliseconds. */
  readonly pauseMs?: number;
}

/** Calls until it is stopped. Every prompt is new, so that nothing is answered from the cache. */
export function startLoad({
  routerTarget,
  budgetTarget,
  httpUrl,
  certificates,
  callers,
  pauseMs = 0,
}: LoadOptions): Load {
  const router = connect(RouterServiceDefinition, { address: routerTarget, certificates });
  const budget = connect(BudgetServiceDefinition, { address: budgetTarget, certificates });
  const tallies = Object.fromEntries(
    kinds.map((kind) => [kind, { answered: 0, failures: [], repaired: 0 }]),
  ) as unknown as Record<Kind, Tally>;
  let count = 0;
  const chat = () => ({
    model: "deepseek-v4-pro",
    maxTokens: 40,
    messages: [
      { role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: `Question ${count++}` } }] },
    ],
  });
  const options = () => ({ ...withKey(), deadline: Date.now() + 30_000 });
  const expectEnd = (isEnded: boolean) => {
    if (!isEnded) throw new Error("an answer without an end looked complete");
  };
  const calls: Record<Kind, () => Promise<number>> = {
    explain: async () => {
      await router.client.explain(ExplainRequest.fromPartial({ chat: chat() }), options());
      return 1;
    },
    "list-models": async () => {
      await router.client.listModels(ListModelsRequest.create(), options());
      return 1;
    },
    usage: async () => {
      await budget.client.getUsage(
        { tenant: "acme", user: "", organisation: "", feature: "", apiKey: "", budgetTier: "" },
        options(),
      );
      return 1;
    },
    complete: async () => {
      const { response, routing } = await router.client.complete(
        CompleteRequest.fromPartial({ chat: chat() }),
        options(),
      );
      expectEnd(response?.choices[0]?.finishReason !== undefined);
      return routing?.attempts.length ?? 0;
    },
    stream: async () => {
      let attempts = 0;
      let isEnded = false;
      const stream = router.client.streamComplete(StreamCompleteRequest.fromPartial({ chat: chat() }), options());
      for await (const { chunk, routing } of stream) {
        isEnded = chunk === undefined;
        attempts = routing?.attempts.length ?? 0;
      }
      expectEnd(isEnded);
      return attempts;
    },
    http: async () => {
      await askHttp(httpUrl, false, count++);
      return 1;
    },
    "http-stream": async () => {
      expectEnd((await askHttp(httpUrl, true, count++)).includes("data: [DONE]"));
      return 1;
    },
  };
  let isOver = false;
  const caller = async (kind: Kind) => {
    const tally = tallies[kind];
    while (!isOver) {
      try {
        const attempts = await calls[kind]();
        tally.answered++;
        if (attempts > 1) tally.repaired++;
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      } catch (error) {
        tally.failures.push(wordsOf(error));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const running = kinds.flatMap((kind) => Array.from({ length: callers[kind] }, () => caller(kind)));
  return {
    tallies,
    total: () => Object.values(tallies).reduce((sum, { answered }) => sum + answered, 0),
    async stop() {
      isOver = true;
      await Promise.all(running);
      router.close();
      budget.close();
    },
  };
}

async function askHttp(url: string, stream: boolean, count: number): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${keys.acme}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "deepseek-v4-pro",
      max_tokens: 40,
      stream,
      messages: [{ role: "user", content: `HTTP question ${count}` }],
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const body = await response.text();
  if (!response.ok || body.includes('"error"')) throw new Error(`HTTP ${response.status} ${body.slice(-300)}`);
  return body;
}

function wordsOf(error: unknown): string {
  if (error instanceof RpcError) {
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
    return `${Status[error.code]} ${error.reason} ${error.message}${cause}`;
  }
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** One line per kind, for whoever reads the test's output. */
export function describeTallies(tallies: Readonly<Record<Kind, Tally>>): string {
  return kinds
    .map((kind) => {
      const { answered, failures, repaired } = tallies[kind];
      const groups = Object.entries(Object.groupBy(failures, (words) => words)).map(
        ([words, same]) => `${same?.length} x ${words}`,
      );
      return `  ${kind}: ${answered} answered, ${repaired} after another attempt, ${failures.length} failed ${groups.join("; ")}`;
    })
    .join("\n");
}
