import { setTimeout as sleep } from "node:timers/promises";
import { firstTokenUs } from "./load/first-token.ts";
import { runLoad } from "./load/load.ts";
import { bodyOf, type Scenario } from "./scenarios.ts";
import type { Target } from "./targets/target.ts";
import { used } from "./targets/target-process.ts";

/** How one scenario is loaded. */
export interface Level {
  readonly connections: number;
  readonly streamed: boolean;
}

/** One round of one scenario. */
export interface Sample {
  readonly rps: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuUsPerRequest: number;
  /** Of a streamed answer over one warm connection, before the load; NaN where it was not asked. */
  readonly firstTokenUs: number;
  readonly rssMiB: number;
}

const firstTokenSamples = 60;

/** Loads a target once. Throws Error where an answer fails: a broken target is not a fast one. */
export async function measure(
  scenario: Scenario,
  target: Target,
  { connections, streamed }: Level,
  durationMs: number,
  rivals: string,
): Promise<Sample> {
  const { name, transport } = scenario;
  const url = transport === "http" ? target.url : (target.grpc ?? "");
  const load = { url, headers: target.headers, body: bodyOf(scenario, streamed), connections, durationMs };
  const asksFirstToken = streamed && transport === "http" && connections === 1;
  const firstToken = asksFirstToken ? await firstTokenUs(load, firstTokenSamples) : Number.NaN;
  const before = used(target.processIds);
  const result = await runLoad(transport, load, rivals);
  const after = used(target.processIds);
  if (result.failures > 0) throw new Error(`${name}: ${result.failures} of ${result.requests} requests failed`);
  if (result.requests === 0) throw new Error(`${name}: no request was answered`);
  return {
    rps: result.requests / result.seconds,
    p50Us: result.p50Us,
    p99Us: result.p99Us,
    cpuUsPerRequest: (after.cpuUs - before.cpuUs) / result.requests,
    firstTokenUs: firstToken,
    rssMiB: after.rssMiB,
  };
}

/** What a target says of the cache for the scenario's next request; undefined where it says nothing. */
async function verdictOf(scenario: Scenario, target: Target): Promise<string | undefined> {
  return (await ask(scenario.prompt, target)).headers.get("x-switchyard-cache") ?? undefined;
}

/** Asks once, so that a cache may keep the answer. */
async function ask(prompt: string, target: Target): Promise<Response> {
  const body = bodyOf({ prompt: prompt.replace("[<id>]", performance.now().toString(36)) }, false);
  const headers = { "content-type": "application/json", ...target.headers };
  const response = await fetch(target.url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${target.url} answers ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  return response;
}

/** Warms a target up and makes sure that it does what the scenario is called after. */
export async function prepare(scenario: Scenario, target: Target): Promise<void> {
  const { askedBefore } = scenario;
  if (askedBefore === undefined) await ask(scenario.prompt, target);
  else if (scenario.verdict === undefined) await ask(askedBefore, target);
  else await untilKept(askedBefore, target);
  await expectVerdict(scenario, target);
}

/** The answer is kept a moment after it was given. Throws Error if it is not kept within five seconds. */
async function untilKept(prompt: string, target: Target): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await ask(prompt, target)).headers.get("x-switchyard-cache") === "hit-exact") return;
    await sleep(50);
  }
  throw new Error(`"${prompt}" is not kept`);
}

/** Throws Error where the cache does something else than the scenario is called after. */
export async function expectVerdict(scenario: Scenario, target: Target): Promise<void> {
  if (scenario.verdict === undefined) return;
  const verdict = await verdictOf(scenario, target);
  if (verdict !== scenario.verdict) {
    throw new Error(`${scenario.name}: the cache says ${verdict}, where ${scenario.verdict} is to be measured`);
  }
}
