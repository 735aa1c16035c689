import type { Target } from "./targets/target.ts";

export interface Targets {
  readonly mock: Target;
  readonly bareProxy: Target;
  readonly portkey: Target;
  readonly standalone: Target;
  readonly networked: Target;
}

/** One line of the report: a target and what is asked of it. */
export interface Scenario {
  readonly name: string;
  readonly target: keyof Targets;
  readonly transport: "http" | "grpc";
  /** `[<id>]` becomes another text in every request. */
  readonly prompt: string;
  /** What the platform must say of the cache at the beginning, and in the end. */
  readonly verdict?: string;
  /** Asked once before, so that the cache holds it. */
  readonly askedBefore?: string;
}

const unique = "Write two friendly sentences for the customer who asks where order [<id>] is and when it will arrive.";
const fixed = "Write two friendly sentences for the customer who asks where the parcel is and when it will arrive.";
const known = "How do I reset my password?";
const likeIt = "How can I reset my password?";

export const scenarios: readonly Scenario[] = [
  { name: "direct", target: "mock", transport: "http", prompt: unique },
  { name: "bareProxy", target: "bareProxy", transport: "http", prompt: unique },
  { name: "portkey", target: "portkey", transport: "http", prompt: unique },
  { name: "switchyardMiss", target: "standalone", transport: "http", prompt: unique, verdict: "miss" },
  {
    name: "switchyardHit",
    target: "standalone",
    transport: "http",
    prompt: fixed,
    verdict: "hit-exact",
    askedBefore: fixed,
  },
  {
    name: "switchyardSemanticHit",
    target: "standalone",
    transport: "http",
    prompt: likeIt,
    verdict: "hit-semantic",
    askedBefore: known,
  },
  { name: "grpcMiss", target: "standalone", transport: "grpc", prompt: unique },
  { name: "grpcHit", target: "standalone", transport: "grpc", prompt: fixed, askedBefore: fixed },
  { name: "networkedMiss", target: "networked", transport: "http", prompt: unique, verdict: "miss" },
];

/** The request as JSON in OpenAI's form. */
export function bodyOf({ prompt }: Pick<Scenario, "prompt">, streamed: boolean): string {
  const stream = streamed ? { stream: true } : {};
  return JSON.stringify({ model: "auto", ...stream, messages: [{ role: "user", content: prompt }] });
}
