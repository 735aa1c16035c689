import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { healthy } from "./answers.ts";
import type { Behaviour } from "./exchange.ts";
import type { Served, WireMessage } from "./served.ts";

/** An OpenAI-compatible provider on a real socket whose every model does what its script says. */
export interface FaultProvider {
  /** Base address, `/v1` included. */
  readonly url: string;
  /** What a model does from now on. Models without a script answer. */
  script(model: string, behaviour: Behaviour): void;
  /** Everything it was asked, in order. */
  served(): readonly Served[];
  close(): Promise<void>;
}

interface ChatBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly WireMessage[];
}

/** Starts one on a free port. `keys` are the keys that it tells apart. */
export async function startFaultProvider(keys: readonly string[]): Promise<FaultProvider> {
  const scripts = new Map<string, Behaviour>();
  const turns = new Map<string, number>();
  const ledger: Served[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await json(request)) as ChatBody;
    const served = entryOf(ledger.length, body, keys.indexOf(request.headers.authorization?.slice(7) ?? ""));
    ledger.push(served);
    const turn = turns.get(body.model) ?? 0;
    turns.set(body.model, turn + 1);
    const over = new AbortController();
    let isDropped = false;
    response.once("close", () => {
      served.closedMs = performance.now();
      served.isAbandoned = !response.writableFinished && !isDropped;
      over.abort();
    });
    const drop = (how: "reset" | "end") => {
      isDropped = true;
      if (how === "reset") request.socket.resetAndDestroy();
      else request.socket.destroySoon();
    };
    const behaviour = scripts.get(body.model) ?? healthy();
    await behaviour({ served, response, turn, over: over.signal, drop });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Whoever waits inside a behaviour is woken by the end of its exchange.
      if ((error as Error).name !== "AbortError") response.destroy(error as Error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    script: (model, behaviour) => void scripts.set(model, behaviour),
    served: () => ledger,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function entryOf(sequence: number, { model, stream, messages }: ChatBody, keyIndex: number): Served {
  return {
    sequence,
    model,
    keyIndex,
    isStreamed: stream ?? false,
    messages,
    arrivedMs: performance.now(),
    status: undefined,
    promptTokens: messages.reduce((sum, { content }) => sum + 4 + (content ?? "").split(/\s+/).length, 3),
    completionTokens: 0,
    streamedText: "",
    hasReportedUsage: false,
    closedMs: undefined,
    isAbandoned: false,
  };
}
