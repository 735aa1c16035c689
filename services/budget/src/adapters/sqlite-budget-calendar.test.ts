import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetCalendarContract } from "../budget-calendar.contract.ts";
import { calendarOf } from "../domain/calendar.ts";
import { openSqliteBudgetStore } from "./sqlite-budget-store.ts";

budgetCalendarContract(async ({ timeZone, startMs }) => {
  const folder = mkdtempSync(join(tmpdir(), "budget-"));
  let nowMs = startMs;
  const store = openSqliteBudgetStore({
    path: join(folder, "budget.db"),
    clock: () => nowMs,
    calendar: calendarOf(timeZone),
  });
  return {
    store,
    setClock: (timeMs) => {
      nowMs = timeMs;
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
