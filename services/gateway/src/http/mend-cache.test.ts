import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serveGateway, type TestGateway } from "../testing/serve-gateway.ts";

describe("mending the cache over HTTP", () => {
  let gateway: TestGateway;
  let asked: unknown[];
  beforeAll(async () => {
    gateway = await serveGateway();
  });
  beforeEach(() => {
    asked = [];
    gateway.script.invalidateCache = async (request) => {
      asked.push(request);
      return { removed: 3n };
    };
    gateway.script.reportBadHit = async (request) => {
      asked.push(request);
      return { removed: true };
    };
  });
  afterAll(() => gateway.close());

  const post = async (route: string, body: object, headers: Record<string, string> = {}) => {
    const response = await gateway.post(`/v1/switchyard/cache/${route}`, JSON.stringify(body), headers);
    return { status: response.status, body: await response.json() };
  };

  it("removes answers by tag and model for the tenant that is named", async () => {
    const body = { tags: ["prices"], model: "gpt-4o" };
    expect(await post("invalidate", body, { "x-switchyard-tenant": "acme" })).toEqual({
      status: 200,
      body: { removed: 3 },
    });
    expect(asked).toEqual([
      expect.objectContaining({ ...body, everything: false, caller: expect.objectContaining({ tenant: "acme" }) }),
    ]);
  });

  it("removes everything where that is said", async () => {
    await post("invalidate", { everything: true });
    expect(asked).toEqual([{ tags: [], model: "", everything: true, caller: undefined }]);
  });

  it("refuses a field it does not know, which may have been meant to spare something", async () => {
    const { status, body } = await post("invalidate", { everything: true, tag: "prices" });
    expect([status, (body as { error: { param: string } }).error.param]).toEqual([400, "tag"]);
    expect(asked).toEqual([]);
  });

  it("hands a report of a wrong answer on", async () => {
    expect(await post("report-bad-hit", { cache_entry_id: "entry-7" })).toEqual({
      status: 200,
      body: { removed: true },
    });
    expect(asked).toEqual([{ cacheEntryId: "entry-7", caller: undefined }]);
  });

  it("takes POST only", async () => {
    const response = await fetch(`${gateway.url}/v1/switchyard/cache/invalidate`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
