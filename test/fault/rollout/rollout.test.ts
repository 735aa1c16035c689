import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EdgeService, startEdgeService } from "./edge-service.ts";
import { describeTallies, type Kind, kinds, startLoad, type Tally } from "./load.ts";
import { randomOf } from "./random.ts";
import { type Replicas, type ServiceName, services, startReplicas } from "./replicas.ts";

const seed = Number(process.env.ROLLOUT_SEED ?? 1);
const rounds = Number(process.env.ROLLOUT_ROUNDS ?? 1);
const callers = { explain: 2, "list-models": 1, usage: 2, complete: 3, stream: 3, http: 2, "http-stream": 2 };
const idempotent: readonly Kind[] = ["explain", "list-models", "usage"];

let replicas: Replicas;
let edge: EdgeService;
beforeAll(async () => {
  // Longer than clients take at most to find a server that came back.
  replicas = await startReplicas({ drainNoticeMs: 1_500 });
  edge = await startEdgeService(replicas.addresses("gateway"), replicas.adminAddresses("gateway"));
});
afterAll(async () => {
  await edge?.close();
  await replicas?.stop();
});

/** Restarts every process, one at a time, under load, and returns what the callers saw. */
async function rollThrough(
  signal: "SIGTERM" | "SIGKILL",
  order: readonly (readonly [ServiceName, number])[],
): Promise<{ readonly tallies: Readonly<Record<Kind, Tally>>; readonly codes: readonly (number | null)[] }> {
  const load = startLoad({
    routerTarget: replicas.target("router"),
    budgetTarget: replicas.target("budget"),
    httpUrl: edge.url,
    callers,
  });
  const codes: (number | null)[] = [];
  for (const [service, index] of order) {
    const before = load.total();
    await expect.poll(load.total).toBeGreaterThan(before + 50);
    codes.push(await replicas.restart(service, index, signal));
  }
  const before = load.total();
  await expect.poll(load.total).toBeGreaterThan(before + 50);
  await load.stop();
  const total = load.total();
  process.stdout.write(
    `seed ${seed}: ${order.length} restarts by ${signal}, ${total} answers\n${describeTallies(load.tallies)}\n`,
  );
  return { tallies: load.tallies, codes };
}

const everyReplica = services.flatMap((service) => [0, 1].map((index) => [service, index] as const));

describe("twelve processes, two of each service, under unary and streaming load", { timeout: 300_000 }, () => {
  it("lose no call when each is restarted by SIGTERM, and need no second attempt for any", async () => {
    const order = Array.from({ length: rounds }, () => everyReplica).flat();
    const { tallies, codes } = await rollThrough("SIGTERM", order);
    expect(new Set(codes)).toEqual(new Set([0]));
    for (const kind of kinds) {
      expect(tallies[kind].answered, kind).toBeGreaterThan(0);
      expect(tallies[kind].failures, kind).toEqual([]);
      expect(tallies[kind].repaired, kind).toBe(0);
    }
  });

  it("lose no idempotent unary call when each is killed, and end whatever else broke with an error", async () => {
    const random = randomOf(seed);
    const order = Array.from({ length: rounds }, () => everyReplica)
      .flat()
      .map((replica) => ({ replica, at: random(1_000_000) }))
      .sort((left, right) => left.at - right.at)
      .map(({ replica }) => replica);
    const { tallies } = await rollThrough("SIGKILL", order);
    for (const kind of kinds) expect(tallies[kind].answered, kind).toBeGreaterThan(0);
    for (const kind of idempotent) expect(tallies[kind].failures, kind).toEqual([]);
    for (const kind of ["complete", "stream"] as const) {
      for (const words of tallies[kind].failures) expect(words, kind).toMatch(/^UNAVAILABLE /);
    }
  });
});
