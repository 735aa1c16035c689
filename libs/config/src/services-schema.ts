import { z } from "zod";
import { address, fraction, milliseconds, name, positiveInt } from "./primitives.ts";

const task = z.enum([
  "chat",
  "classification",
  "extraction",
  "summarization",
  "translation",
  "code",
  "reasoning",
  "writing",
]);
const policyKind = z.enum(["quality-target", "two-model", "weighted", "latency-aware", "cheapest-capable"]);
const store = z.enum(["embedded", "redis"]);

/** Where a service listens: calls on one port, `/metrics` and probes on another. */
const listener = (port: number, adminPort: number) => ({
  listen: address.default(`127.0.0.1:${port}`),
  adminListen: address.default(`127.0.0.1:${adminPort}`),
});

export const gateway = z.strictObject({
  ...listener(8080, 9450),
  /** Largest request body, in bytes. */
  maxBodyBytes: positiveInt.default(20 * 1024 * 1024),
  /** How long a caller is made to wait at most, in milliseconds. */
  requestTimeoutMs: milliseconds.default(300_000),
});

export const router = z.strictObject({
  ...listener(50051, 9451),
  /** Whether callers without a certificate are taken where `rpc.tls` is set: they have API keys. */
  clientCertificate: z.enum(["required", "optional"]).default("required"),
  /** Model that savings are measured against. */
  baselineModel: name,
  /** Chance of being as good as the baseline that `auto` requests ask for unless they say otherwise. */
  qualityTarget: fraction.default(0.9),
  /** Time a request gets whose caller set no deadline, in milliseconds. */
  defaultDeadlineMs: milliseconds.default(120_000),
  /** Bound on output tokens of requests that give none; sent to the provider and reserved from the budget. */
  defaultMaxOutputTokens: positiveInt.default(4_096),
  /** How the models that can take an `auto` request are ordered. */
  policy: z
    .strictObject({
      /**
       * `quality-target`: the cheapest that is expected to reach the target. `two-model`: a weak and a strong one. `weighted`,
       * `latency-aware`: one of those that reach the target, by weight or by speed. `cheapest-capable`: price alone.
       */
      kind: policyKind.default("quality-target"),
      /** What the chance of being as good as the baseline is from: a table by tier and task, or odds learned from outcomes. */
      odds: z.enum(["table", "learned"]).default("table"),
      /** File of learned odds (`npx switchyard train`), from the folder of the configuration on; otherwise those that ship. */
      oddsFile: z.string().min(1).optional(),
      /** The version that decides, `odds-405e04dc/t12`; otherwise the newest, or the one that was pinned by call. */
      version: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}\/t\d{1,9}$/, "must be WEIGHTS/tNUMBER, as `switchyard policy list` tells it")
        .optional(),
      twoModel: z.strictObject({ strong: name, weak: name, threshold: fraction }).optional(),
      /** Shares of the requests, by model; a model without one has 1. */
      weights: z.record(name, z.number().min(0)).default({}),
    })
    .refine(({ kind, twoModel }) => kind !== "two-model" || twoModel, {
      message: "names two models where kind is two-model",
      path: ["twoModel"],
    })
    .prefault({}),
  /** Callers that are decided for in another way, split by a hash of tenant and user; the first that fits a caller counts. */
  experiments: z
    .array(
      z.strictObject({
        name,
        /** Share of the callers that take part. */
        share: fraction.default(1),
        tenants: z.array(name).default([]),
        features: z.array(z.string().min(1)).default([]),
        arms: z
          .array(
            z.strictObject({
              name,
              /** Its share beside the other arms. */
              weight: z.number().min(0).max(1_000).default(1),
              qualityTarget: fraction.optional(),
              /** How the models are ordered, if otherwise; `two-model` and `weighted` by the settings of `policy`. */
              kind: policyKind.optional(),
              cascade: z.boolean().optional(),
              /** Models that it goes without: the new one, say, in the arm that a canary is held against. */
              without: z.array(name).default([]),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
  /** What is learned from judgements of answers (RecordOutcome). */
  outcomes: z
    .strictObject({
      /** Where they are kept: a file of this process, Redis for all routers together, or nowhere. */
      store: z.enum(["embedded", "redis", "none"]).default("embedded"),
      /** How long a request can be judged by its id. */
      keepHours: z.number().positive().max(8_760).default(168),
      /** Requests that can be, at most; of Redis its own memory is the bound. */
      maxRequests: positiveInt.default(100_000),
      /** What a judgement counts for, by who judges. */
      weights: z
        .strictObject({ judge: fraction.default(1), user: fraction.default(0.5), test: fraction.default(1) })
        .prefault({}),
      /** Outcomes that the weights' own expectation counts for: the more, the slower it is learned. */
      patience: z.number().positive().default(20),
      /** Most that is added to the log-odds of a model at a task, in either direction. */
      maxShift: z.number().min(0).max(6).default(3),
      /** Outcomes of a model at a task from which on older ones count less. */
      maxPerCell: positiveInt.default(2_000),
      /** New outcomes that make a new version of the policy. */
      publishAfter: z.number().positive().default(20),
      /** How often it is looked for what others have recorded, in milliseconds. */
      refreshMs: milliseconds.default(5_000),
      /** Versions that are kept to go back to, beside a pinned one. */
      maxVersions: positiveInt.max(1_000).default(50),
    })
    .prefault({}),
  /** A cheaper model first, whose answer is checked, where that is expected to cost less and to be good enough. */
  cascade: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** For these tasks only. Empty: for all. */
      tasks: z.array(task).default([]),
      /** Whether streams are held back until their answer was checked; otherwise they go straight up. */
      streams: z.boolean().default(false),
      /** Share of the cost that it must be expected to save. */
      minSaving: fraction.default(0.1),
      /** Least mean log-probability of the tokens, where the provider tells it: below it an answer is not accepted. */
      minMeanLogprob: z.number().max(0).default(-0.8),
      /** Answers that are expected to have at most so many tokens are asked for twice and compared; 0: none. */
      sampleTwiceUpToTokens: z.int().min(0).default(0),
      /** Model of the catalogue that judges answers, in a word. */
      judge: name.optional(),
    })
    .prefault({}),
  /** A model that is asked what a prompt is where the classifier is unsure. */
  secondOpinion: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** Model of the catalogue; otherwise the cheapest of the economy tier that may see the prompt. One that does not think aloud. */
      model: name.optional(),
      /** It is asked where the classifier is less sure of the task than this. */
      belowConfidence: fraction.default(0.55),
      /** How long it is waited for; a quarter of the time that is left at most. */
      timeoutMs: milliseconds.default(1_500),
      /** What it may cost, as a share of what the answer is expected to cost. */
      maxCostShare: fraction.default(0.25),
    })
    .prefault({}),
  /** Models tried at most for one request. */
  maxCandidates: positiveInt.default(4),
  /** Requests worked on at once; more are refused. */
  maxInFlight: positiveInt.default(2_000),
  retry: z
    .strictObject({
      /** Tries at one model before the next, the first included. */
      attemptsPerModel: positiveInt.max(5).default(2),
      backoffMs: milliseconds.default(200),
      maxBackoffMs: milliseconds.default(2_000),
      /** A provider that asks for a longer pause is passed over while another candidate is left. */
      maxRetryAfterMs: milliseconds.default(5_000),
      /** How many retries at the same model there may be, so that no retry storm starts here. */
      budget: z
        .strictObject({
          /** Retries at most, as a share of the requests in the window. */
          share: fraction.default(0.05),
          /** Retries in the window that are allowed whatever the traffic. */
          floor: z.int().min(0).default(10),
          windowMs: milliseconds.default(10_000),
        })
        .prefault({}),
    })
    .prefault({}),
  /** When a model at a provider is spared for a while, because most of what it is asked fails or takes too long. */
  breaker: z
    .strictObject({
      windowMs: milliseconds.default(30_000),
      /** Fewer attempts than this in the window say nothing. */
      minAttempts: positiveInt.default(5),
      /** Share of attempts that failed, from which on it is spared. */
      failureRate: fraction.default(0.5),
      /** To the first content of a stream, or to the end of a whole answer: what counts as too long. */
      slowMs: milliseconds.default(60_000),
      /** Share of attempts that took too long, from which on it is spared. */
      slowRate: fraction.default(0.8),
      /** How long it is spared before one request may probe it; doubled for each probe that fails. */
      openMs: milliseconds.default(5_000),
      maxOpenMs: milliseconds.default(60_000),
      /** Whether routers tell each other, through Redis, what is to be spared. */
      shared: z.boolean().default(false),
    })
    .prefault({}),
  stream: z
    .strictObject({
      /** A stream is held back until it has brought so many tokens: until then, another model can begin anew. */
      holdBackTokens: z.int().min(0).max(1_000).default(0),
      /** ...but no longer than this after its first token. */
      holdBackMs: milliseconds.default(200),
      /** Whether another model goes on with a stream that broke after tokens went out. */
      continueBroken: z.boolean().default(true),
    })
    .prefault({}),
  /** A second candidate asked beside the first where that is slower than it usually is. */
  hedging: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** The share of the model's answers that came sooner; the second starts when it is passed. */
      percentile: fraction.default(0.95),
      /** Answers to have seen before that is known, of the 128 that are remembered. */
      minSamples: positiveInt.max(128).default(20),
      /** Never sooner than this, in milliseconds. */
      minDelayMs: milliseconds.default(50),
      /** Hedges at most, as a share of the requests. */
      share: fraction.default(0.1),
    })
    .prefault({}),
});

export const classifier = z.strictObject(listener(50052, 9452));

export const cache = z.strictObject({
  ...listener(50053, 9453),
  store: store.default("embedded"),
  /** Life of an answer, in seconds. */
  ttlSeconds: positiveInt.default(86_400),
  /** Life of an answer under an idempotency key, in seconds. */
  idempotencyTtlSeconds: positiveInt.default(86_400),
  /** Largest answer kept, in bytes. */
  maxEntryBytes: positiveInt.default(1024 * 1024),
  /** Size of the embedded store, in bytes; the least recently used answers go first. Redis is bounded by its own maxmemory. */
  maxBytes: positiveInt.default(512 * 1024 * 1024),
  /** Requests with a higher temperature are not cached. */
  maxTemperature: z.number().min(0).max(2).default(1),
  /** Whether an answer that ended at its token limit is kept for others. */
  storeTruncated: z.boolean().default(false),
  /** Longest life of an answer to a prompt about the moment (today, latest, now), in seconds; 0 keeps none. */
  timeSensitiveTtlSeconds: z.int().min(0).default(60),
  /** What becomes of a request with personal data (addresses, phones, cards, keys): kept for its user only, or not at all. */
  personalData: z.enum(["user", "none"]).default("user"),
  /** Whether equal requests in flight wait for one answer. */
  coalesce: z.boolean().default(true),
  /** Tenants that share their answers, by the name of their group. A tenant is in one group at most. */
  sharingGroups: z.record(name, z.array(name).min(2)).default({}),
  /** Answers to requests that mean the same. */
  semantic: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** What decides on a candidate: the trained verifier, or the cosine alone. */
      mode: z.enum(["verified", "cosine"]).default("verified"),
      /** Share of candidates with another answer that may pass, from calibration. */
      falseHitBudget: fraction.default(0.01),
      /** Least cosine of a hit where the cosine alone decides. */
      minCosine: fraction.default(0.95),
      /** What makes the vectors: the built-in embedder, or a model of the catalogue with the capability `embeddings`. */
      embedder: name.default("builtin"),
    })
    .prefault({}),
});

export const providerAdapter = z.strictObject(listener(50055, 9455));

export const simulator = z.strictObject({
  listen: address.default("127.0.0.1:8090"),
  /** Milliseconds to the first token. */
  firstTokenMs: z.int().min(0).default(40),
  /** Output tokens per second; 0 sends everything at once. */
  tokensPerSecond: z.int().min(0).default(400),
  /** Share of requests that fail, by kind. */
  faults: z
    .strictObject({ rateLimit: fraction.default(0), serverError: fraction.default(0), cutStream: fraction.default(0) })
    .prefault({}),
});
