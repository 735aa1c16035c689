import {
  type Flight,
  FollowRequest,
  type FollowResponse,
  PublishRequest,
  ReportBadHitRequest,
} from "@switchyard/contracts/cache/v1/cache";
import { Status } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answer } from "./testing.ts";
import { type Asked, openTestCache, saying, type TestCache } from "./testing-cache.ts";

let cache: TestCache;

beforeEach(async () => {
  cache = await openTestCache("{}");
});
afterEach(() => cache.close());

const plain = "How do I reset my password?";
const plainToo = "Please tell me how I can reset my password";
const lookup = (fields: Asked = {}) => cache.lookup({ chat: saying(plain), mayFollow: true, ...fields });
const publish = (flight: Flight | undefined, fields: Parameters<typeof PublishRequest.create>[0] = {}) =>
  cache.client.publish(PublishRequest.create({ flight, ...fields }));
const follow = async (flight: Flight | undefined) => {
  const heard: FollowResponse[] = [];
  for await (const news of cache.client.follow(FollowRequest.create({ flight }))) heard.push(news);
  return heard;
};

describe("equal requests at the same time", () => {
  it("have one leader; the others follow and get its answer", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => lookup()));
    expect(all.every(({ verdict }) => verdict === "CACHE_VERDICT_MISS")).toBe(true);
    const leaders = all.filter(({ flight }) => flight?.lease !== "");
    expect(leaders).toHaveLength(1);
    const following = all.filter(({ flight }) => flight?.lease === "").map(({ flight }) => follow(flight));
    const flight = leaders[0]?.flight;
    await expect.poll(async () => (await publish(flight)).followed).toBe(true);
    const { response: _, ...author } = answer("");
    await publish(flight, { author, chunks: [{ id: "c" }] });
    await publish(flight, { end: { answer: answer("Paris") } });
    for (const heard of await Promise.all(following)) {
      expect(heard[0]?.author).toEqual({ ...author, response: undefined });
      expect(heard.flatMap(({ chunks }) => chunks)).toHaveLength(1);
      expect(heard.at(-1)?.end?.answer).toEqual(answer("Paris"));
    }
  });

  it("find the answer in the cache once it stands there, and no flight", async () => {
    const { tickets, flight } = await lookup();
    await publish(flight, { end: { answer: answer("Paris") } });
    expect((await lookup()).flight).toMatchObject({ key: flight?.key, lease: "" });
    await cache.store(tickets, "Paris");
    const found = await lookup();
    expect(found.verdict).toBe("CACHE_VERDICT_EXACT_HIT");
    await cache.client.reportBadHit(ReportBadHitRequest.create({ caller: { tenant: "acme" }, entryId: found.entryId }));
    expect((await lookup()).flight?.lease).not.toBe("");
  });

  it.each<[string, Asked]>([
    ["tenants", { caller: { tenant: "other", user: "ann" } }],
    ["models", { chat: saying(plain, { model: "m" }) }],
    ["sensitivity classes", { sensitivity: "SENSITIVITY_PUBLIC" }],
    ["users, where they are confidential,", { sensitivity: "SENSITIVITY_CONFIDENTIAL" }],
    ["texts", { chat: saying(plainToo) }],
  ])("of different %s do not wait for each other", async (_what, other) => {
    const first = await lookup();
    const second = await lookup(other);
    expect(second.flight?.lease).not.toBe("");
    expect(second.flight?.key).not.toBe(first.flight?.key);
  });

  it("find no answer with personal data when it is over: its user is not known there", async () => {
    const { flight } = await lookup();
    await publish(flight, { end: { answer: answer("Write to bob.miller@example.com") } });
    expect((await lookup()).flight?.lease).not.toBe("");
    const own = { chat: saying("My mail is bob.miller@example.com, is that right?"), user: "bob" };
    const asked = await lookup(own);
    await publish(asked.flight, { end: { answer: answer("Yes, bob.miller@example.com") } });
    expect((await lookup(own)).flight).toMatchObject({ key: asked.flight?.key, lease: "" });
  });

  it("with personal data wait for their own user's only", async () => {
    const chat = saying("Where is the parcel of ann@example.com?");
    expect((await lookup({ chat })).flight?.lease).not.toBe("");
    expect((await lookup({ chat })).flight?.lease).toBe("");
    expect((await lookup({ chat, caller: { tenant: "acme", user: "bob" } })).flight?.lease).not.toBe("");
    expect((await lookup({ chat, caller: { tenant: "acme" } })).flight).toBeUndefined();
  });

  it.each<[string, Asked]>([
    ["cannot follow", { mayFollow: false }],
    ["want a fresh answer", { policy: "CACHE_POLICY_REFRESH" }],
    ["want none of the cache", { policy: "CACHE_POLICY_NO_STORE" }],
    ["want several answers", { chat: saying(plain, { n: 2 }) }],
    ["want variety", { chat: saying(plain, { temperature: 1.5 }) }],
    ["are restricted", { sensitivity: "SENSITIVITY_RESTRICTED" }],
  ])("go their own way where they %s", async (_why, fields) => {
    await lookup();
    expect((await lookup(fields)).flight).toBeUndefined();
  });

  it("go their own way where the operator wants it so", async () => {
    const alone = await openTestCache("{ coalesce: false }");
    expect((await alone.lookup({ mayFollow: true })).flight).toBeUndefined();
    await alone.close();
  });

  it("follow nobody who was answered by meaning", async () => {
    await cache.ask("Under Settings.", { chat: saying(plain) });
    expect(await lookup({ chat: saying(plainToo) })).toMatchObject({
      verdict: "CACHE_VERDICT_SEMANTIC_HIT",
      flight: undefined,
    });
    // Whoever is not answered by meaning, since another has evicted it meanwhile, finds no leader that never flies.
    await cache.client.invalidate({ tenant: "acme", tags: [], model: "", everything: true });
    expect((await lookup({ chat: saying(plainToo) })).flight?.lease).not.toBe("");
  });
});

describe("a flight's key", () => {
  it("that is none is refused, and so is a leader without a lease", async () => {
    const { flight } = await lookup();
    for (const key of [
      "",
      "x",
      `${flight?.key}~x`,
      flight?.key.split("~")[0] as string,
      flight?.key.replace("exact-", "replay-") as string,
    ]) {
      const refused = { code: Status.INVALID_ARGUMENT, fieldViolations: [{ field: "flight.key" }] };
      await expect(publish({ key, lease: "x", leaseMs: 0 })).rejects.toMatchObject(refused);
      await expect(follow({ key, lease: "", leaseMs: 0 })).rejects.toMatchObject(refused);
    }
    await expect(publish({ key: flight?.key ?? "", lease: "", leaseMs: 0 })).rejects.toMatchObject({
      fieldViolations: [{ field: "flight.lease" }],
    });
  });

  it("with another's lease leads nothing", async () => {
    const { flight } = await lookup();
    const forged = { key: flight?.key ?? "", lease: "AAAAAAAAAAAAAAAAAAAAAA", leaseMs: 3_000 };
    expect(await publish(forged, { end: { answer: answer("poison") } })).toEqual({ followed: false, leads: false });
    expect((await publish(flight)).leads).toBe(true);
  });
});
