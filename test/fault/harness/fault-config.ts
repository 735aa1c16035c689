import type { TestConfig } from "@switchyard/test-e2e/network/config";

/** The limits of time that the rows are scaled to, in milliseconds. */
export const limits = {
  connectMs: 500,
  firstTokenMs: 800,
  stallMs: 600,
  totalMs: 1_800,
  /** The longest Retry-After that is waited for. */
  maxRetryAfterMs: 2_500,
  /** What a caller waits unless a row says otherwise. */
  deadlineMs: 10_000,
  /** By how much a busy machine may be late; less than firstTokenMs, so that one attempt too many still shows. */
  graceMs: 700,
};

/** The provider's keys, as the platform has them. */
export const providerKeys = ["sk-fault-0", "sk-fault-1", "sk-fault-2", "sk-fault-3"];

/** The environment that the configuration takes them from. */
export const providerKeyEnvironment = Object.fromEntries(providerKeys.map((key, index) => [`FAULT_KEY_${index}`, key]));

/** Models of one cast; each has its own part to play: `opener` is a primary whose fallback takes a prefill. */
export const roles = ["primary", "secondary", "large", "opener", "prefiller", "refused", "unresolved"] as const;
export type Role = (typeof roles)[number];

/** Casts that a network holds: every run of a scenario takes a new one, so that no run sees another's breaker. */
export const castCount = 60;

export const modelOf = (role: Role, cast: number): string => `${role}-${cast}`;

/** USD per million tokens, another for each model that answers, so that a bill at the wrong model's price shows. */
export const prices: Readonly<Record<Role, { readonly input: number; readonly output: number }>> = {
  primary: { input: 1, output: 2 },
  secondary: { input: 3, output: 6 },
  large: { input: 5, output: 10 },
  opener: { input: 7, output: 14 },
  prefiller: { input: 9, output: 18 },
  refused: { input: 1, output: 2 },
  unresolved: { input: 1, output: 2 },
};

/** The configuration of a row: the fault provider, two providers out of reach, and as many casts as a row may need. */
export function faultConfig(config: TestConfig, faultUrl: string, closedPort: number): object {
  const { connectMs, firstTokenMs, stallMs, totalMs, maxRetryAfterMs } = limits;
  // A key that is limited by its rate is passed over for the next; only the row about keys has more than one.
  const keys = [{ env: "FAULT_KEY_0" }];
  const provider = (baseUrl: string) => ({ baseUrl, keys, timeouts: { connectMs, firstTokenMs, stallMs, totalMs } });
  return {
    ...config,
    router: {
      ...config.router,
      baselineModel: "large-0",
      // The rows are about each request's own fate; how many retries there may be in all is a row of its own.
      retry: {
        attemptsPerModel: 2,
        backoffMs: 20,
        maxBackoffMs: 100,
        maxRetryAfterMs,
        budget: { share: 1, floor: 100_000 },
      },
    },
    providers: {
      fault: provider(faultUrl),
      closed: provider(`http://127.0.0.1:${closedPort}/v1`),
      nowhere: provider("http://does-not-exist.invalid/v1"),
    },
    models: Array.from({ length: castCount }, (_, cast) => roles.map((role) => model(role, cast))).flat(),
  };
}

/** Who answers in whose place; the prefiller goes on writing an assistant's last message. */
const fallbacks: Readonly<Record<Role, readonly Role[]>> = {
  primary: ["secondary", "large"],
  opener: ["prefiller", "secondary"],
  refused: ["secondary", "large"],
  unresolved: ["secondary", "large"],
  secondary: [],
  large: [],
  prefiller: [],
};

function model(role: Role, cast: number): object {
  return {
    id: modelOf(role, cast),
    providers: [role === "refused" ? "closed" : role === "unresolved" ? "nowhere" : "fault"],
    tier: "standard",
    contextWindow: role === "large" ? 100_000 : 8_000,
    maxOutputTokens: 1_000,
    capabilities: role === "prefiller" ? ["prefill"] : [],
    prices: prices[role],
    fallbacks: fallbacks[role].map((other) => modelOf(other, cast)),
  };
}

/** The provider is asked with all of its keys. */
export const withAllKeys = (config: object): object => {
  const { providers } = config as { providers: Record<string, object> };
  const keys = providerKeys.map((_, index) => ({ env: `FAULT_KEY_${index}` }));
  return { ...config, providers: { ...providers, fault: { ...providers.fault, keys } } };
};

/** Limits of the provider that are far beyond any caller's deadline, as the usual ones are. */
export const patientProvider = (config: object): object => {
  const { providers } = config as { providers: Record<string, object> };
  const timeouts = { connectMs: 3_000, firstTokenMs: 30_000, stallMs: 20_000, totalMs: 300_000 };
  return { ...config, providers: { ...providers, fault: { ...providers.fault, timeouts } } };
};

/** What a row changes in the router's part of the configuration. */
export const router =
  (change: object) =>
  (config: object): object => ({
    ...config,
    router: { ...("router" in config && (config.router as object)), ...change },
  });

/** Streams that break after tokens went out are not continued. */
export const rescueOff = router({ stream: { continueBroken: false } });
