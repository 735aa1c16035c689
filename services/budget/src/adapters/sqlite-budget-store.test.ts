import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { budgetLimitsContract } from "../budget-limits.contract.ts";
import { budgetStoreContract, noonMs } from "../budget-store.contract.ts";
import { budgetTotalsContract } from "../budget-totals.contract.ts";
import {
  amount,
  attempt,
  counts,
  hourMs,
  lines,
  order,
  reserve,
  settle,
  settlement,
  utc,
} from "../testing/budget-store-fixture.ts";
import { openSqliteBudgetStore } from "./sqlite-budget-store.ts";

describe.each([
  ["store", budgetStoreContract],
  ["store's limits", budgetLimitsContract],
  ["store's totals", budgetTotalsContract],
])("the SQLite budget %s", (_name, contract) => {
  contract(async (settings) => {
    const folder = mkdtempSync(join(tmpdir(), "budget-"));
    let nowMs = noonMs;
    const options = { path: join(folder, "budget.db"), clock: () => nowMs, calendar: utc, ...settings };
    const store = openSqliteBudgetStore(options);
    const other = openSqliteBudgetStore(options);
    return {
      store,
      other,
      advance: (ms) => {
        nowMs += ms;
      },
      close: async () => {
        for (const each of [store, other]) if (each.isReady()) await each.close();
        rmSync(folder, { recursive: true });
      },
    };
  });
});

describe("a budget database", () => {
  let folder: string;
  let path: string;
  let nowMs: number;
  const open = () => openSqliteBudgetStore({ path, clock: () => nowMs, calendar: utc });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "budget-"));
    path = join(folder, "data", "budget.db");
    nowMs = noonMs;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is made where there is none, and found again with everything that stood in it", async () => {
    const first = open();
    await reserve(first, order("r1", {}, { amount: amount(100, 10) }));
    await settle(first, settlement("r2", [attempt({ tokens: 40, cost: 4 })]));
    await first.close();
    const second = open();
    expect(await counts(second)).toEqual([40, 4, 100, 10]);
    expect(await lines(second)).toHaveLength(1);
    await second.close();
  });

  it("forgets closed requests, past days and past months after their retention, never the ledger", async () => {
    const store = open();
    for (let index = 0; index < 1_500; index++) await settle(store, settlement(`r${index}`, [attempt({ tokens: 1 })]));
    await reserve(store, order("open", {}, { amount: amount(100), leaseMs: hourMs }));
    nowMs += 7 * 24 * hourMs;
    await store.sweep();
    await settle(store, settlement("r7", [attempt({ tokens: 1 })]));
    expect(await lines(store)).toHaveLength(1_501);
    nowMs += 40 * 24 * hourMs;
    await store.sweep();
    await store.close();
    const database = new DatabaseSync(path);
    const count = (table: string) => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count;
    expect([count("request"), count("account"), count("ledger")]).toEqual([0, 0, 1_501]);
    database.close();
  });

  describe("that cannot be used is an error that names file and remedy:", () => {
    const damage = async (how: (path: string) => void) => {
      await open().close();
      how(path);
      expect(open).toThrow(/cannot open the budget database .*budget\.db: .*start with an empty ledger/);
      return open;
    };

    it("overwritten by something else", async () => {
      expect(await damage((file) => writeFileSync(file, "not a database".repeat(1_000)))).toThrow("not a database");
    });

    it("emptied", async () => {
      expect(await damage((file) => writeFileSync(file, ""))).toThrow("the file is empty");
    });

    it("gone, with its log left behind", async () => {
      const remains = await damage((file) => {
        rmSync(file);
        writeFileSync(`${file}-wal`, "log");
      });
      expect(remains).toThrow("the file is missing");
    });

    it("of another application", async () => {
      const foreign = await damage((file) => {
        const database = new DatabaseSync(file);
        database.exec("PRAGMA application_id = 7");
        database.close();
      });
      expect(foreign).toThrow("it is a database of something else");
    });

    it("of another version", async () => {
      const newer = await damage((file) => {
        const database = new DatabaseSync(file);
        database.exec("PRAGMA user_version = 99");
        database.close();
      });
      expect(newer).toThrow("another version");
    });

    it("damaged inside", async () => {
      const store = open();
      for (let index = 0; index < 500; index++) await settle(store, settlement(`r${index}`, [attempt({ tokens: 1 })]));
      await store.close();
      const torn = await damage((file) => {
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 4_096));
      });
      expect(torn).toThrow("it is damaged");
    });

    it("in a place where nothing can be written", () => {
      writeFileSync(join(folder, "data"), "a file, not a folder");
      expect(open).toThrow(/cannot open the budget database .*EEXIST|ENOTDIR/);
    });
  });

  it("that fails at work is UNAVAILABLE, and a failed operation leaves nothing behind", async () => {
    const store = open();
    const second = new DatabaseSync(path);
    second.exec("DROP TABLE ledger");
    await expect(settle(store, settlement("r1", [attempt({ tokens: 40 })]))).rejects.toMatchObject({
      name: "RpcError",
      reason: "SERVICE_UNAVAILABLE",
    });
    expect(await counts(store)).toEqual([0, 0, 0, 0]);
    second.close();
    await store.close();
  });
});
