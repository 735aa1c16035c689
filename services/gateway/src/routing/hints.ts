import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { CachePolicy, RoutingHints } from "@switchyard/contracts/vocabulary/routing";
import { invalidRequest } from "@switchyard/rpc";
import { z } from "zod";
import { isJsonObject, type JsonObject } from "../openai/json.ts";
import { cachePolicies, sensitivityNames, sensitivityOf, taskNames, taskOf, tierNames, tierOf } from "./names.ts";

const whole = z.int().min(1).max(2_147_483_647);
/** So much that nano-USD still are whole numbers in a double. */
const mostUsd = 9_000_000;

const callerFields = {
  tenant: z.string().optional(),
  user: z.string().optional(),
  feature: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
};

const hintFields = {
  task: z.enum(taskNames).optional(),
  min_tier: z.enum(tierNames).optional(),
  max_tier: z.enum(tierNames).optional(),
  quality_target: z.number().gt(0).max(1).optional(),
  max_cost_usd: z.number().min(0).max(mostUsd).optional(),
  latency_ms: whole.optional(),
  cache: z.enum(Object.keys(cachePolicies) as [keyof typeof cachePolicies]).optional(),
  cache_ttl_seconds: whole.optional(),
  sensitivity: z.enum(sensitivityNames).optional(),
  cache_tags: z.array(z.string()).optional(),
};

const callerSchema = z.strictObject(callerFields);
const chatSchema = z.strictObject({ ...callerFields, ...hintFields });

type WishSchema = typeof callerSchema | typeof chatSchema;
/** Everything that may be said; a request that is not routed by hints says less. */
type Wishes = z.output<typeof chatSchema>;

/** Fields that are lists, set apart by commas in headers. */
const listFields = new Set(["cache_tags"]);

const numericFields = new Set(["quality_target", "max_cost_usd", "latency_ms", "cache_ttl_seconds"]);

/** For whom a request is made, and the bounds on the choice of model; undefined where nothing was said. */
export interface Wanted {
  readonly caller: Caller | undefined;
  readonly hints: RoutingHints | undefined;
}

const headerPrefix = "x-switchyard-";
const labelPrefix = "x-switchyard-label-";

/**
 * Reads what the caller of a chat request wants from headers and from the `switchyard` object of the body; the body wins
 * field by field. `user` is OpenAI's field of that name, used where nothing more precise was said. Throws INVALID_ARGUMENT
 * naming the header (`x-switchyard-task`) or the field (`switchyard.task`).
 */
export function chatWishes(headers: IncomingHttpHeaders, switchyard: unknown, user: string): Wanted {
  const said = saidBy(chatSchema, headers, switchyard);
  return { caller: callerOf(said, user), hints: hintsOf(said, headers) };
}

/** The same for requests that are not routed by hints: the body's object may say tenant, user, feature and labels only. */
export function callerWishes(headers: IncomingHttpHeaders, switchyard: unknown, user: string): Caller | undefined {
  return callerOf(saidBy(callerSchema, headers, switchyard), user);
}

function saidBy(schema: WishSchema, headers: IncomingHttpHeaders, switchyard: unknown): Wishes {
  const inHeaders = headerFields(headers, schema);
  const byHeader: Wishes = inHeaders ? parse(schema, inHeaders, nameOfHeader) : {};
  if (switchyard === undefined || switchyard === null) return byHeader;
  const byBody = parse(schema, isJsonObject(switchyard) ? withoutNulls(switchyard) : switchyard, nameOfField);
  const labels = { ...byHeader.labels, ...byBody.labels };
  return { ...byHeader, ...byBody, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
}

/** What the headers say, under the body's names; undefined if they say nothing. Headers of other names are not ours. */
function headerFields(headers: IncomingHttpHeaders, schema: WishSchema): Record<string, unknown> | undefined {
  let said: Record<string, unknown> | undefined;
  let labels: Record<string, string> | undefined;
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(headerPrefix) || headers[name] === "") continue;
    said ??= {};
    const text = String(headers[name]);
    const key = name.slice(headerPrefix.length).replaceAll("-", "_");
    if (name.startsWith(labelPrefix)) {
      labels ??= {};
      labels[name.slice(labelPrefix.length)] = text;
    } else if (key !== "labels" && Object.hasOwn(schema.shape, key)) {
      said[key] = numericFields.has(key) ? Number(text) : listFields.has(key) ? listIn(text) : text;
    }
  }
  if (said && labels) said.labels = labels;
  return said;
}

const listIn = (text: string) => text.split(",").flatMap((item) => item.trim() || []);

const nameOfHeader = ([key = ""]: readonly PropertyKey[]) => headerPrefix + String(key).replaceAll("_", "-");
const nameOfField = (path: readonly PropertyKey[]) => ["switchyard", ...path.map(String)].join(".");

const withoutNulls = (object: JsonObject) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

function parse(schema: WishSchema, value: unknown, name: (path: readonly PropertyKey[]) => string): Wishes {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    ...parsed.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ field: name([...issue.path, key]), description: "is not known" }))
        : [{ field: name(issue.path), description: issue.message }],
    ),
  );
}

function callerOf(said: Wishes, user: string): Caller | undefined {
  const { tenant, feature, labels } = said;
  const named = said.user ?? user;
  if (!tenant && !named && !feature && !labels) return undefined;
  // What the platform sets itself stays empty.
  const unset = { budgetTier: "", organisation: "", apiKey: "" };
  return { tenant: tenant ?? "", user: named, feature: feature ?? "", labels: labels ?? {}, ...unset };
}

function hintsOf(said: Wishes, headers: IncomingHttpHeaders): RoutingHints | undefined {
  const cachePolicy = said.cache ? cachePolicies[said.cache] : standardCachePolicy(headers);
  if (Object.keys(said).length === 0 && cachePolicy === "CACHE_POLICY_UNSPECIFIED") return undefined;
  return {
    task: taskOf(said.task),
    minTier: tierOf(said.min_tier),
    maxTier: tierOf(said.max_tier),
    qualityTarget: said.quality_target,
    maxCostUsdNanos: said.max_cost_usd === undefined ? undefined : BigInt(Math.round(said.max_cost_usd * 1e9)),
    latencyBoundMs: said.latency_ms,
    cachePolicy,
    cacheTtlSeconds: said.cache_ttl_seconds,
    sensitivity: sensitivityOf(said.sensitivity),
    cacheTags: said.cache_tags ?? [],
    cascade: undefined,
    answerPattern: "",
  };
}

/** HTTP's own words: `no-store` keeps the cache out, `no-cache` asks anew. */
function standardCachePolicy(headers: IncomingHttpHeaders): CachePolicy {
  const control = headers["cache-control"]?.toLowerCase() ?? "";
  if (control.includes("no-store")) return "CACHE_POLICY_NO_STORE";
  return control.includes("no-cache") ? "CACHE_POLICY_REFRESH" : "CACHE_POLICY_UNSPECIFIED";
}
