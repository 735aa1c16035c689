import { ReserveRequest, SettleRequest } from "@switchyard/contracts/budget/v1/budget";
import { describe, expect, it } from "vitest";
import { termsBy } from "./domain/terms.ts";
import type { BudgetStore } from "./ports.ts";
import { reserveHandler } from "./rpc/reserve.ts";
import { settleHandler } from "./rpc/settle.ts";
import { minuteMs, tierLimits } from "./testing/budget-store-fixture.ts";

/** An empty store in a time zone, on a clock that can be set. */
export interface CalendarFixture {
  readonly store: BudgetStore;
  setClock(timeMs: number): void;
  close(): Promise<void>;
}

export interface CalendarFixtureOptions {
  readonly timeZone: string;
  readonly startMs: number;
}

/** Days and months of the calendar, by local dates, and the instants at which they begin and end. */
const spans = [
  ["day", "with 23 hours", "Europe/Berlin", "2030-03-30T23:00:00Z", "2030-03-31T22:00:00Z"],
  ["day", "with 25 hours", "Europe/Berlin", "2030-10-26T22:00:00Z", "2030-10-27T23:00:00Z"],
  ["day", "with 23 hours", "America/New_York", "2030-03-10T05:00:00Z", "2030-03-11T04:00:00Z"],
  ["day", "with 25 hours", "America/New_York", "2030-11-03T04:00:00Z", "2030-11-04T05:00:00Z"],
  ["day", "with 24 hours and a half", "Australia/Lord_Howe", "2030-04-06T13:00:00Z", "2030-04-07T13:30:00Z"],
  ["day", "that is the last of a year", "Asia/Kathmandu", "2030-12-30T18:15:00Z", "2030-12-31T18:15:00Z"],
  ["day", "that is a leap day", "UTC", "2032-02-29T00:00:00Z", "2032-03-01T00:00:00Z"],
  ["month", "that ends as the clocks go forward", "Europe/Berlin", "2030-02-28T23:00:00Z", "2030-03-31T22:00:00Z"],
  ["month", "that ends in winter time", "Europe/Berlin", "2030-09-30T22:00:00Z", "2030-10-31T23:00:00Z"],
  ["month", "of 28 days", "America/New_York", "2030-02-01T05:00:00Z", "2030-03-01T05:00:00Z"],
  ["month", "of 29 days", "America/New_York", "2032-02-01T05:00:00Z", "2032-03-01T05:00:00Z"],
  ["month", "of 30 days", "Asia/Kathmandu", "2030-03-31T18:15:00Z", "2030-04-30T18:15:00Z"],
] as const;

/**
 * When limits end and begin anew, by the service's own calls. `open` sets the clock a moment before an end; a clock that
 * cannot be stopped is still before it when the test looks.
 */
export function budgetCalendarContract(open: (options: CalendarFixtureOptions) => Promise<CalendarFixture>): void {
  describe.each(spans)("the limit of a %s %s in %s", (period, _kind, timeZone, from, to) => {
    const [startMs, endMs] = [Date.parse(from), Date.parse(to)];
    const names = { day: "tokensPerDay", month: "tokensPerMonth" } as const;
    const pro = tierLimits({ tenant: { [names[period]]: 100 } });
    const termsOf = termsBy({ tiers: { pro }, organisations: {}, tenants: {} });
    const caller = { tenant: "acme", budgetTier: "pro" };

    async function atTheEnd(work: (calls: ReturnType<typeof callsOf>, fixture: CalendarFixture) => Promise<void>) {
      const fixture = await open({ timeZone, startMs });
      try {
        await work(callsOf(fixture.store), fixture);
      } finally {
        await fixture.close();
      }
    }

    function callsOf(store: BudgetStore) {
      const reserving = reserveHandler(store, { termsOf, leaseSeconds: 600 });
      const settling = settleHandler(store, { termsOf, tierOf: () => "TIER_ECONOMY" });
      const attempt = (tokens: number) => ({ model: "small", outcome: "ok", usage: { inputTokens: BigInt(tokens) } });
      return {
        reserve: async (requestId: string, tokens: number) =>
          (await reserving(ReserveRequest.fromPartial({ requestId, caller, amount: { tokens: BigInt(tokens) } })))
            .verdict,
        settle: (requestId: string, tokens: number) =>
          settling(SettleRequest.fromPartial({ requestId, caller, attempts: [attempt(tokens)] })),
        usage: () => store.usage("acme", "tenant/acme"),
      };
    }

    it("holds from its first moment to its last, and begins anew with the next", async () => {
      await atTheEnd(async ({ reserve, settle }, { setClock }) => {
        expect(await reserve("first", 60)).toMatchObject({ $case: "reservation" });
        await settle("first", 60);
        setClock(endMs - minuteMs);
        expect(await reserve("second", 41)).toMatchObject({ $case: "refusal", value: { used: 60n } });
        expect(await reserve("third", 40)).toMatchObject({ $case: "reservation" });
        setClock(endMs);
        expect(await reserve("fourth", 100)).toMatchObject({ $case: "reservation" });
        expect(await reserve("fifth", 1)).toMatchObject({ $case: "refusal", value: { used: 0n, reserved: 100n } });
        // What was reserved before the end is settled into what it was reserved in.
        await settle("third", 40);
        expect(await reserve("sixth", 1)).toMatchObject({ $case: "refusal", value: { used: 0n, reserved: 100n } });
      });
    });

    it("says when that is", async () => {
      await atTheEnd(async ({ reserve, settle, usage }, { setClock }) => {
        await settle("first", 100);
        setClock(endMs - minuteMs);
        const verdict = await reserve("second", 1);
        expect(verdict).toMatchObject({ $case: "refusal", value: { resetsAt: new Date(endMs) } });
        const { retryAfterMs = 0n } = verdict?.$case === "refusal" ? verdict.value : {};
        expect(Number(retryAfterMs)).toBeGreaterThan(0);
        expect(Number(retryAfterMs)).toBeLessThanOrEqual(minuteMs);
        if (period === "day") expect((await usage()).resetsAt).toEqual(new Date(endMs));
      });
    });
  });
}
