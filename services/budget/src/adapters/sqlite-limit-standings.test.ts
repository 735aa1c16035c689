import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { limitStandingsContract } from "../limit-standings.contract.ts";
import { noonMs, utc } from "../testing/budget-store-fixture.ts";
import { openSqliteBudgetStore } from "./sqlite-budget-store.ts";

describe("in SQLite", () => {
  limitStandingsContract(async () => {
    const folder = mkdtempSync(join(tmpdir(), "budget-"));
    let nowMs = noonMs;
    const store = openSqliteBudgetStore({ path: join(folder, "budget.db"), clock: () => nowMs, calendar: utc });
    return {
      store,
      other: store,
      standings: store,
      advance: (ms) => {
        nowMs += ms;
      },
      close: async () => {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  });
});
