import type { ReportDimension } from "@switchyard/contracts/budget/v1/budget";

/** What a report may be by. */
export const dimensions = {
  day: "REPORT_DIMENSION_DAY",
  organisation: "REPORT_DIMENSION_ORGANISATION",
  tenant: "REPORT_DIMENSION_TENANT",
  feature: "REPORT_DIMENSION_FEATURE",
  user: "REPORT_DIMENSION_USER",
  model: "REPORT_DIMENSION_MODEL",
} as const satisfies Record<string, ReportDimension>;

export type DimensionName = keyof typeof dimensions;

export const dimensionNames = Object.keys(dimensions) as readonly DimensionName[];
