import { Client, credentials, Metadata } from "@grpc/grpc-js";
import {
  CompleteRequest,
  CompleteResponse,
  StreamCompleteRequest,
  StreamCompleteResponse,
} from "@switchyard/contracts/router/v1/router";
import type { Load, LoadResult } from "./load.ts";

/** Loads a RouterService with the generated messages over grpc-js, a connection and one call in flight each. */
interface Body {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly content: string }[];
}

const load = JSON.parse(process.argv[3] ?? "") as Load;
const { model, stream, messages } = JSON.parse(load.body) as Body;
const prompt = messages[0]?.content ?? "";
const metadata = new Metadata();
for (const [name, value] of Object.entries(load.headers)) metadata.set(name, value);

let count = 0;
const runId = process.hrtime.bigint().toString(36);
const request = () => {
  const text = prompt.replace("[<id>]", `${runId}${(count++).toString(36)}`);
  return {
    chat: {
      model,
      messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
    },
  };
};

const latencies: number[] = [];
let failures = 0;
const startedMs = performance.now();
const endsMs = startedMs + load.durationMs;

function unary(client: Client): Promise<void> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      "/switchyard.router.v1.RouterService/Complete",
      (message: CompleteRequest) => Buffer.from(CompleteRequest.encode(message).finish()),
      (bytes) => CompleteResponse.decode(bytes),
      CompleteRequest.fromPartial(request()),
      metadata,
      (error) => {
        if (error) failures++;
        resolve();
      },
    );
  });
}

function streamed(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const call = client.makeServerStreamRequest(
      "/switchyard.router.v1.RouterService/StreamComplete",
      (message: StreamCompleteRequest) => Buffer.from(StreamCompleteRequest.encode(message).finish()),
      (bytes) => StreamCompleteResponse.decode(bytes),
      StreamCompleteRequest.fromPartial(request()),
      metadata,
    );
    call.on("data", () => undefined);
    call.on("error", () => {
      failures++;
      resolve();
    });
    call.on("end", resolve);
  });
}

const ask = stream ? streamed : unary;
await Promise.all(
  Array.from({ length: load.connections }, async () => {
    // Without a pool of its own, every client to one address would share one connection.
    const client = new Client(load.url, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
    while (performance.now() < endsMs) {
      const from = performance.now();
      await ask(client);
      latencies.push(performance.now() - from);
    }
    client.close();
  }),
);
const seconds = (performance.now() - startedMs) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? Number.NaN) * 1000);
const result: LoadResult = { requests: latencies.length, seconds, p50Us: at(0.5), p99Us: at(0.99), failures };
process.stdout.write(JSON.stringify(result));
