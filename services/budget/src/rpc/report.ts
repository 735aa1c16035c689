import type { ReportDimension, ReportRequest, ReportResponse } from "@switchyard/contracts/budget/v1/budget";
import { type Dimension, reportOf } from "../domain/report.ts";
import type { BudgetStore } from "../ports.ts";
import { type Finding, inRange, refuseInvalid } from "./checks.ts";
import { type DayOptions, filterFindings, filterOf } from "./ledger-filter.ts";

const defaultLimit = 1_000;
const largestLimit = 10_000;

const dimensions: Readonly<Partial<Record<ReportDimension, Dimension>>> = {
  REPORT_DIMENSION_DAY: "day",
  REPORT_DIMENSION_ORGANISATION: "organisation",
  REPORT_DIMENSION_TENANT: "tenant",
  REPORT_DIMENSION_FEATURE: "feature",
  REPORT_DIMENSION_USER: "user",
  REPORT_DIMENSION_MODEL: "model",
};

/** Answers BudgetService.Report. */
export function reportHandler(store: BudgetStore, options: DayOptions) {
  return async (request: ReportRequest): Promise<ReportResponse> => {
    refuseInvalid([
      ...filterFindings(request.filter, options),
      ...request.by.map(dimensionFinding),
      inRange("limit", request.limit, 0, largestLimit),
    ]);
    const { days, clock } = options;
    const { filter, sinceDate, untilDate } = filterOf(request.filter, options);
    const by = request.by.flatMap((dimension) => dimensions[dimension] ?? []);
    const { rows, total } = reportOf(await store.totals({ filter, by }), days.dateOf);
    return {
      rows: rows.slice(0, request.limit || defaultLimit),
      total,
      rowCount: rows.length,
      sinceDate,
      untilDate: untilDate || days.dateAt(clock()),
      timeZone: days.timeZone,
    };
  };
}

function dimensionFinding(dimension: ReportDimension, index: number, all: readonly ReportDimension[]): Finding {
  const field = `by[${index}]`;
  if (dimensions[dimension] === undefined) return { field, description: "is not a known dimension" };
  return all.indexOf(dimension) === index ? undefined : { field, description: "stands here twice" };
}
