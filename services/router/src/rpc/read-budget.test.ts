import { createHash } from "node:crypto";
import {
  BudgetServiceDefinition,
  GetUsageRequest,
  GetUsageResponse,
  ListLedgerRequest,
  ListLedgerResponse,
  ReleaseRequest,
  ReportRequest,
  ReportResponse,
  ReserveRequest,
  SettleRequest,
} from "@switchyard/contracts/budget/v1/budget";
import { connect, Metadata, service } from "@switchyard/rpc";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApiKey } from "../domain/admit.ts";
import { readBudget } from "./read-budget.ts";

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
const apiKey = (name: string, fields: Partial<ApiKey> = {}): [string, ApiKey] => [
  sha256(name),
  {
    name,
    sha256: sha256(name),
    tenant: "acme",
    organisation: "umbrella",
    user: undefined,
    budgetTier: "pro",
    operator: false,
    ...fields,
  },
];
const keys = new Map([
  apiKey("backend"),
  apiKey("janes", { user: "jane" }),
  apiKey("finance", { tenant: "treasury", operator: true }),
]);

describe("the books as callers see them", () => {
  let asked: unknown[];

  beforeEach(() => {
    asked = [];
  });

  const unexpected = () => expect.unreachable();
  const booksFor = (known: ReadonlyMap<string, ApiKey>) => {
    const note =
      <T>(answer: T) =>
      async (request: unknown) => {
        asked.push(request);
        return answer;
      };
    const own = service(BudgetServiceDefinition, {
      reserve: unexpected,
      settle: unexpected,
      release: unexpected,
      getUsage: note(GetUsageResponse.create()),
      listLedger: note(ListLedgerResponse.create()),
      report: note(ReportResponse.create()),
    });
    const { client: inner } = connect(BudgetServiceDefinition, { inProcess: own, onUnforeseen: unexpected });
    const policy = { keys: known, anonymous: { tenant: "local", budgetTier: "enterprise" } };
    const door = service(BudgetServiceDefinition, readBudget(inner, policy));
    return connect(BudgetServiceDefinition, { inProcess: door, onUnforeseen: unexpected }).client;
  };
  const books = booksFor(keys);
  const as = (key: string) => ({ metadata: Metadata().set("authorization", `Bearer ${key}`) });

  it("are those of the tenant of the key, whatever is asked for", async () => {
    await books.report(ReportRequest.create(), as("backend"));
    await books.report(ReportRequest.fromPartial({ filter: { tenant: "acme", user: "joe" } }), as("backend"));
    await books.listLedger(ListLedgerRequest.create(), as("backend"));
    await books.getUsage(GetUsageRequest.fromPartial({ budgetTier: "enterprise" }), as("backend"));
    expect(asked).toMatchObject([
      { filter: { tenant: "acme", user: undefined } },
      { filter: { tenant: "acme", user: "joe" } },
      { tenant: "acme", filter: { tenant: "acme" } },
      { tenant: "acme", organisation: "umbrella", budgetTier: "pro", apiKey: "backend" },
    ]);
  });

  it("are those of its user where the key names one", async () => {
    await books.report(ReportRequest.create(), as("janes"));
    await books.listLedger(ListLedgerRequest.create(), as("janes"));
    await books.getUsage(GetUsageRequest.create(), as("janes"));
    expect(asked).toMatchObject([
      { filter: { tenant: "acme", user: "jane" } },
      { filter: { tenant: "acme", user: "jane" } },
      { tenant: "acme", user: "jane" },
    ]);
  });

  it("are not those of another tenant or user, and nothing is asked for them", async () => {
    const denied = { reason: "PERMISSION_DENIED" };
    const globex = { tenant: "globex" };
    await expect(books.report(ReportRequest.fromPartial({ filter: globex }), as("backend"))).rejects.toMatchObject(
      denied,
    );
    await expect(books.listLedger(ListLedgerRequest.create(globex), as("backend"))).rejects.toMatchObject(denied);
    await expect(
      books.listLedger(ListLedgerRequest.fromPartial({ tenant: "acme", filter: globex }), as("backend")),
    ).rejects.toMatchObject(denied);
    await expect(books.getUsage(GetUsageRequest.create(globex), as("backend"))).rejects.toMatchObject(denied);
    await expect(books.getUsage(GetUsageRequest.create({ user: "joe" }), as("janes"))).rejects.toMatchObject(denied);
    await expect(
      books.report(ReportRequest.fromPartial({ filter: { user: "joe" } }), as("janes")),
    ).rejects.toMatchObject(denied);
    expect(asked).toEqual([]);
  });

  it("are everybody's for an operator's key, and for this machine where no keys are configured", async () => {
    const request = ReportRequest.fromPartial({ filter: { tenant: "globex" } });
    await books.report(request, as("finance"));
    await booksFor(new Map()).report(request);
    expect(asked).toEqual([request, request]);
  });

  it("are nobody's without a key that is known", async () => {
    await expect(books.report(ReportRequest.create())).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    await expect(books.report(ReportRequest.create(), as("made-up"))).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
    });
  });

  it("are not written by callers, an operator included", async () => {
    const denied = { reason: "PERMISSION_DENIED" };
    await expect(books.reserve(ReserveRequest.create(), as("finance"))).rejects.toMatchObject(denied);
    await expect(books.settle(SettleRequest.create(), as("finance"))).rejects.toMatchObject(denied);
    await expect(books.release(ReleaseRequest.create(), as("finance"))).rejects.toMatchObject(denied);
  });
});
