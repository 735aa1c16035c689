import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigError, defaultConfigPath, loadConfig, parseConfig, redisPlaceOf, Secret } from "./index.ts";

const minimal = `
router: { baselineModel: large }
providers:
  somewhere: { baseUrl: https://api.example.com/v1, keys: [{ env: SOMEWHERE_KEY }] }
models:
  - { id: large, providers: [somewhere], tier: premium, contextWindow: 1000, maxOutputTokens: 100, prices: { input: 1, output: 2 } }
`;
const parse = (text: string, environment: NodeJS.ProcessEnv = {}, folder = tmpdir()) =>
  parseConfig(text, { environment, folder });
const complaint = (text: string) => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was taken");
};

describe("a configuration", () => {
  it("needs little, and the rest has defaults", () => {
    const config = parse(minimal);
    expect(config).toMatchObject({
      gateway: { listen: "127.0.0.1:8080" },
      router: { listen: "127.0.0.1:50051", retry: { attemptsPerModel: 2 } },
      budget: { store: "embedded", timeZone: "UTC", tiers: { free: { tenant: { tokensPerDay: { hard: 10_000 } } } } },
      anonymous: { tenant: "local" },
    });
  });

  it.each([
    ["an unknown field, wherever it stands", `${minimal}\nturbo: true`, "turbo: unknown field"],
    ["an unknown field of a slice", `${minimal}\ncache: { tlt: 5 }`, "cache.tlt: unknown field"],
    ["a wrong type", `${minimal}\ngateway: { maxBodyBytes: many }`, "gateway.maxBodyBytes:"],
    ["a negative amount", `${minimal}\ncache: { ttlSeconds: -1 }`, "cache.ttlSeconds:"],
    [
      "an embedder that makes no vectors",
      `${minimal}\ncache: { semantic: { embedder: large } }`,
      'cache.semantic.embedder: no model "large" with the capability "embeddings"',
    ],
    [
      "a tenant in two sharing groups",
      `${minimal}\ncache: { sharingGroups: { one: [a, b], two: [c, a] } }`,
      'cache.sharingGroups.two.1: "a" is in a group already',
    ],
    [
      "a baseline that is no model",
      minimal.replace("baselineModel: large", "baselineModel: huge"),
      'router.baselineModel: no model "huge"',
    ],
    [
      "a model without its provider",
      minimal.replace("[somewhere]", "[elsewhere]"),
      'models.0.providers.0: no provider "elsewhere"',
    ],
    [
      "a key in the clear",
      minimal.replace("{ env: SOMEWHERE_KEY }", "sk-in-the-clear"),
      "providers.somewhere.keys.0: must be { env: NAME } or { file: PATH }",
    ],
    ["a key without a reference", minimal.replace("{ env: SOMEWHERE_KEY }", "{ weight: 2 }"), "keys.0: must be { env"],
    [
      "a key of two references",
      minimal.replace("{ env: SOMEWHERE_KEY }", "{ env: A, file: B }"),
      "providers.somewhere.keys.0: must be { env: NAME } or { file: PATH }, and may have a weight",
    ],
    [
      "a key that is to get nothing",
      minimal.replace("{ env: SOMEWHERE_KEY }", "{ env: SOMEWHERE_KEY, weight: 0 }"),
      "providers.somewhere.keys.0.weight: Too small",
    ],
    [
      "a key with an unknown field, which is not repeated since it may be a key,",
      minimal.replace("{ env: SOMEWHERE_KEY }", "{ env: SOMEWHERE_KEY, wait: 2 }"),
      "providers.somewhere.keys.0: must be { env: NAME } or { file: PATH }, and may have a weight",
    ],
    [
      "a provider that stands twice among the equals of a model",
      minimal.replace("[somewhere]", "[[somewhere, somewhere]]"),
      'models.0.providers.0: "somewhere" stands here twice',
    ],
    [
      "a provider that stands in two places of a model's order",
      minimal.replace("[somewhere]", "[somewhere, { name: somewhere, upstreamModel: other }]"),
      'models.0.providers.1: "somewhere" stands here twice',
    ],
    [
      "a provider that is to get nothing",
      minimal.replace("[somewhere]", "[{ name: somewhere, weight: 0 }]"),
      "models.0.providers.0.0.weight: Too small",
    ],
    [
      "an equal that is to get nothing",
      minimal.replace("[somewhere]", "[[{ name: somewhere, weight: 0 }]]"),
      "models.0.providers.0.0.weight: Too small",
    ],
    [
      "an unknown provider among equals",
      minimal.replace("[somewhere]", "[[somewhere, elsewhere]]"),
      'models.0.providers.0: no provider "elsewhere"',
    ],
    ["equals of whom there is none", minimal.replace("[somewhere]", "[[]]"), "models.0.providers.0: Too small"],
    [
      "a provider that is no name",
      minimal.replace("[somewhere]", "[[5]]"),
      "models.0.providers.0.0: must be a provider's name, or { name, weight, upstreamModel }",
    ],
    [
      "a prefill that puts on more than flags",
      minimal.replace("keys:", "prefill: { message: { prefix: true, content: x } }, keys:"),
      "providers.somewhere.prefill.message.content: is not free to set",
    ],
    [
      "a prefill that lifts the bound on output",
      minimal.replace("keys:", "prefill: { request: { max_tokens: 1 } }, keys:"),
      "providers.somewhere.prefill.request.max_tokens: is not free to set",
    ],
    [
      "a prefill at an unknown place",
      minimal.replace("keys:", "prefill: { mesage: { prefix: true } }, keys:"),
      "providers.somewhere.prefill.mesage: unknown field",
    ],
    [
      "a prefill that is no object",
      minimal.replace("keys:", "prefill: { message: prefix }, keys:"),
      "providers.somewhere.prefill.message: Invalid input",
    ],
    [
      "an address that is not http",
      minimal.replace("https://", "file://"),
      "providers.somewhere.baseUrl: must be an http",
    ],
    [
      "a store without its server",
      `${minimal}\nbudget: { store: redis }`,
      "budget.store: is redis, but redis.url leads nowhere",
    ],
    ["a port that is none", `${minimal}\ngateway: { listen: "127.0.0.1:99999" }`, "gateway.listen: must have a port"],
    [
      "a key that is no hash",
      `${minimal}\napiKeys: [{ name: a, sha256: abc, tenant: t, budgetTier: free }]`,
      "apiKeys.0.sha256:",
    ],
    [
      "a limit that is no amount",
      `${minimal}\nbudget: { tiers: { free: { tenant: { tokensPerDay: -1 } } } }`,
      "budget.tiers.free.tenant.tokensPerDay: must be a positive number, or {",
    ],
    [
      "a downgrade to economy before the one to standard",
      `${minimal}\nbudget: { tiers: { free: { user: { usdPerDay: { hard: 1, downgradeAt: { standard: 0.9, economy: 0.8 } } } } } }`,
      "budget.tiers.free.user.usdPerDay",
    ],
    [
      "a time zone that is none",
      `${minimal}\nbudget: { timeZone: Mars/Olympus }`,
      "budget.timeZone: must be a time zone",
    ],
    [
      "a tenant of two organisations",
      `${minimal}\napiKeys: [{ name: a, sha256: ${"a".repeat(64)}, tenant: t, organisation: o, budgetTier: free }, { name: b, sha256: ${"b".repeat(64)}, tenant: t, budgetTier: free }]`,
      'apiKeys.1.organisation: "t" belongs to one organisation',
    ],
    [
      "a time that no timer can be set for",
      `${minimal.replace("router: {", "router: { defaultDeadlineMs: 3000000000,")}`,
      "router.defaultDeadlineMs: ",
    ],
    [
      "more samples than are remembered",
      `${minimal.replace("router: {", "router: { hedging: { minSamples: 129 },")}`,
      "router.hedging.minSamples: ",
    ],
    ["a tier that is not there", `${minimal}\nanonymous: { budgetTier: gold }`, "anonymous.budgetTier:"],
  ])("is refused for %s, and the field is named", (_name, text, expected) => {
    expect(complaint(text)).toContain(expected);
  });

  it("takes a limit as a number, or with what is to happen before it is reached", () => {
    const { tiers, tenants } = parse(`${minimal}
budget:
  tiers:
    free:
      tenant: { tokensPerDay: 100, usdPerMonth: { hard: 5, warnAt: 0.8, downgradeAt: { standard: 0.5, economy: 0.9 } } }
      apiKey: { requestsPerMinute: { hard: 60, burst: 10 } }
      modelTier: { premium: { usdPerDay: 1 } }
  tenants: { acme: { features: { search: { usdPerDay: 2 } } } }
anonymous: { budgetTier: free }
`).budget;
    expect(tiers.free).toMatchObject({
      tenant: {
        tokensPerDay: { hard: 100 },
        usdPerMonth: { hard: 5, warnAt: 0.8, downgradeAt: { standard: 0.5, economy: 0.9 } },
      },
      user: {},
      apiKey: { requestsPerMinute: { hard: 60, burst: 10 } },
      modelTier: { economy: {}, premium: { usdPerDay: { hard: 1 } } },
    });
    expect(tenants.acme?.features.search).toEqual({ usdPerDay: { hard: 2 } });
  });

  it("takes Redis as one server, as a cluster, or by its Sentinels", () => {
    const placeOf = (redis: string) =>
      redisPlaceOf(parse(`${minimal}\nredis: ${redis}`, { URL: "redis://one:6379", PASSWORD: "secret" }).redis);
    expect(placeOf("{ url: { env: URL } }")).toEqual({ url: "redis://one:6379" });
    expect(placeOf("{ url: { env: MISSING } }")).toBeUndefined();
    expect(placeOf("{ cluster: { nodes: ['a:1', 'b:2'], password: { env: PASSWORD } } }")).toEqual({
      cluster: { nodes: ["a:1", "b:2"], username: undefined, password: "secret", tls: false },
    });
    expect(placeOf("{ sentinel: { master: main, sentinels: ['a:1'], tls: true } }")).toMatchObject({
      sentinel: { master: "main", sentinels: ["a:1"], tls: true },
    });
    expect(() => placeOf("{ cluster: { nodes: ['a:1'] }, sentinel: { master: m, sentinels: ['a:1'] } }")).toThrow(
      "a cluster or Sentinels, not both",
    );
  });

  it("never repeats a key that was written down by mistake", () => {
    for (const mistake of ["sk-in-the-clear", "{ sk-in-the-clear }", "{ env: KEY, sk-in-the-clear: 1 }"]) {
      expect(complaint(minimal.replace("{ env: SOMEWHERE_KEY }", mistake))).not.toContain("sk-in-the-clear");
    }
  });

  it("takes equal providers beside preferred ones, and a weight for each", () => {
    const other = "{ baseUrl: https://other.example.com, keys: [{ env: OTHER_KEY }] }";
    const text = minimal
      .replace("[somewhere]", "[somewhere, [second, { name: third, weight: 2.5, upstreamModel: other }]]")
      .replace("models:", `  second: ${other}\n  third: ${other}\nmodels:`);
    expect(parse(text).models[0]?.providers).toEqual([
      [{ name: "somewhere" }],
      [{ name: "second" }, { name: "third", weight: 2.5, upstreamModel: "other" }],
    ]);
  });

  it("names the place of broken YAML", () => {
    expect(complaint("router: { baselineModel: [")).toMatch(/line 1/);
  });
});

describe("a reference", () => {
  const keyOf = (text: string, environment = {}, folder = tmpdir()) =>
    parse(text, environment, folder).providers.somewhere?.keys[0]?.secret;

  it("reads a variable or a file, trimmed", () => {
    expect(keyOf(minimal, { SOMEWHERE_KEY: " sk-1\n" })?.reveal()).toBe("sk-1");
    const folder = mkdtempSync(join(tmpdir(), "switchyard-config-"));
    writeFileSync(join(folder, "key"), "sk-2\n");
    expect(keyOf(minimal.replace("env: SOMEWHERE_KEY", "file: key"), {}, folder)?.reveal()).toBe("sk-2");
  });

  it("that leads nowhere leaves the provider without a key", () => {
    expect(keyOf(minimal)).toBeUndefined();
    expect(keyOf(minimal, { SOMEWHERE_KEY: "" })).toBeUndefined();
  });
});

it("takes what a provider needs to go on with a message, nothing unless said", () => {
  expect(parse(minimal).providers.somewhere?.prefill).toEqual({ message: {}, request: {} });
  const text = minimal.replace("keys:", "prefill: { request: { continue_final_message: true, a: [{ b: 1 }] } }, keys:");
  expect(parse(text).providers.somewhere?.prefill).toEqual({
    message: {},
    request: { continue_final_message: true, a: [{ b: 1 }] },
  });
});

describe("a key", () => {
  it("weighs 1, or what stands beside its reference", () => {
    const folder = mkdtempSync(join(tmpdir(), "switchyard-config-"));
    writeFileSync(join(folder, "key"), "sk-2");
    const keys = "{ env: SOMEWHERE_KEY }, { file: key, weight: 2 }, { env: UNSET, weight: 0.5 }";
    const config = parse(minimal.replace("{ env: SOMEWHERE_KEY }", keys), { SOMEWHERE_KEY: "sk-1" }, folder);
    const read = config.providers.somewhere?.keys.map(({ secret, weight }) => [secret?.reveal(), weight]);
    expect(read).toEqual([
      ["sk-1", 1],
      ["sk-2", 2],
      [undefined, 0.5],
    ]);
  });

  it("with a weight is as secret as one without", () => {
    const text = minimal.replace("{ env: SOMEWHERE_KEY }", "{ env: SOMEWHERE_KEY, weight: 3 }");
    const config = parse(text, { SOMEWHERE_KEY: "sk-3" });
    expect([JSON.stringify(config), inspect(config, { depth: 9 })].join()).not.toContain("sk-3");
  });
});

it("keeps a secret out of JSON, templates and inspection", () => {
  const secret = new Secret("sk-3");
  expect([JSON.stringify({ secret }), `${secret}`, inspect({ secret })].join()).not.toContain("sk-3");
});

it("ships a configuration that is valid, with the catalogue and its prices", () => {
  const config = loadConfig({});
  expect(readFileSync(defaultConfigPath, "utf8")).toContain("baselineModel: gpt-4o");
  expect(
    config.models.map(({ id, prices, contextWindow }) => [id, prices.input, prices.output, contextWindow]),
  ).toEqual(
    expect.arrayContaining([
      ["deepseek-v4-flash", 0.27, 1.1, 128_000],
      ["deepseek-v4-pro", 0.55, 2.2, 200_000],
      ["qwen3-32b", 0.3, 1.2, 32_000],
      ["glm-4-plus", 0.2, 0.8, 128_000],
      ["qwen3-8b", 0.01, 0.01, 32_000],
      ["gpt-4o", 2.5, 10, 128_000],
    ]),
  );
});

it("says which file cannot be read", () => {
  expect(() => loadConfig({ SWITCHYARD_CONFIG: "/nonexistent/switchyard.yaml" })).toThrow(/nonexistent/);
});
