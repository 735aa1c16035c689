import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Config, followConfig, loadConfig, type OnConfig, reloadOver } from "./index.ts";

describe("a catalogue that a provider lists", () => {
  let folder: string;
  let server: Server;
  let answer: RequestListener;
  let asked: { readonly url: string | undefined; readonly authorization: string | undefined }[];
  let seen: Parameters<OnConfig>[0][];
  let following: Disposable | undefined;

  const list = (...ids: string[]): RequestListener => {
    return (_, response) => response.end(JSON.stringify({ object: "list", data: ids.map((id) => ({ id })) }));
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "switchyard-listing-"));
    asked = [];
    seen = [];
    answer = list("vendor/small", "whisper-1");
    server = createServer((request, response) => {
      asked.push({ url: request.url, authorization: request.headers.authorization });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    following?.[Symbol.dispose]();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const environment = () => ({ SWITCHYARD_CONFIG: join(folder, "switchyard.yaml"), KEY: "the-key" });
  const write = ({ price = 0.1, refreshMs = 20, rules = true, also = "" } = {}) => {
    const { port } = server.address() as AddressInfo;
    const rule = `{ match: "vendor/*", set: { tier: economy, contextWindow: 8000, maxOutputTokens: 800, prices: { input: ${price}, output: 1 } } }`;
    writeFileSync(
      environment().SWITCHYARD_CONFIG,
      `
router: { baselineModel: large }
providers: { up: { baseUrl: "http://127.0.0.1:${port}/v1/", keys: [{ env: KEY }] } }
models:
  provider: up
  refreshMs: ${refreshMs}
  ${also}
  rules: [${rules ? rule : ""}]
  and: [{ id: large, providers: [up], tier: premium, contextWindow: 9000, maxOutputTokens: 900, prices: { input: 5, output: 9 } }]
`,
    );
  };
  const follow = () => {
    following = followConfig(environment(), 10, (change) => seen.push(change));
  };
  const configs = () => seen.flatMap((change) => ("config" in change ? [change.config] : []));
  const reasons = () => seen.flatMap((change) => ("reason" in change ? [change.reason] : []));
  const idsOf = (config: Config | undefined) => config?.models.map(({ id }) => id);

  it("starts with what the configuration says itself, and takes what is listed as soon as it is there", async () => {
    write();
    const start = loadConfig(environment());
    expect(idsOf(start)).toEqual(["large"]);
    follow();
    await expect.poll(configs).toHaveLength(1);
    const [listed] = configs();
    expect(listed?.models[0]).toMatchObject({ id: "vendor/small", tier: "economy", providers: [[{ name: "up" }]] });
    expect(idsOf(listed)).toEqual(["vendor/small", "large"]);
    expect(asked[0]).toEqual({ url: "/v1/models", authorization: "Bearer the-key" });
    expect(reloadOver(start, listed as Config)).toMatchObject({ held: [], config: { models: listed?.models } });
  });

  it("takes models that come and go, and tells nothing while the list stays", async () => {
    write();
    follow();
    await expect.poll(() => asked.length).toBeGreaterThan(3);
    expect(seen).toHaveLength(1);
    answer = list("vendor/small", "vendor/new");
    await expect.poll(() => idsOf(configs().at(-1))).toEqual(["vendor/new", "vendor/small", "large"]);
    answer = list("vendor/new");
    await expect.poll(() => idsOf(configs().at(-1))).toEqual(["vendor/new", "large"]);
  });

  it.each<[string, RequestListener, string]>([
    ["fails", (_, response) => response.writeHead(500).end("no"), "it answers with 500"],
    ["lists nothing", list(), "it lists no models"],
    ["answers something else", (_, response) => response.end("<html>"), "not valid JSON"],
    [
      "leads elsewhere",
      (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      "redirect",
    ],
    ["lists too much", (_, response) => response.end("x".repeat(9 * 1024 * 1024)), "larger than 8388608 bytes"],
  ])("says so and goes on with what is in force where the provider %s", async (_name, broken, why) => {
    write();
    follow();
    await expect.poll(configs).toHaveLength(1);
    answer = broken;
    await expect.poll(() => reasons()[0]).toContain(why);
    expect(reasons()[0]).toContain('"up" does not list its models');
    expect(reasons()[0]).not.toContain("the-key");
    expect(configs()).toHaveLength(1);
    answer = list("vendor/small", "whisper-1");
    await expect.poll(() => idsOf(configs()[1])).toEqual(["vendor/small", "large"]);
  });

  it("keeps the list where the file changes", async () => {
    write({ refreshMs: 3_600_000 });
    follow();
    await expect.poll(configs).toHaveLength(1);
    write({ refreshMs: 3_600_000, price: 0.7 });
    await expect.poll(() => configs()[1]?.models[0]).toMatchObject({ id: "vendor/small", prices: { input: 0.7 } });
    expect(asked).toHaveLength(1);
  });

  it("leaves out ids that no model can have", async () => {
    answer = list("vendor/a b", "auto", "vendor/ok", "vendor/ok", "../../etc");
    write();
    follow();
    await expect.poll(() => idsOf(configs()[0])).toEqual(["vendor/ok", "large"]);
  });

  it("needs rules, and one source", () => {
    write({ rules: false });
    expect(() => loadConfig(environment())).toThrow("models.rules: say what a provider's ids cost");
    write({ also: "file: models.json" });
    expect(() => loadConfig(environment())).toThrow("models: names a file or a provider, one of them");
  });
});
