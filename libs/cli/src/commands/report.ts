import { parseArgs } from "node:util";
import { type LedgerFilter, ReportRequest } from "@switchyard/contracts/budget/v1/budget";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { type BudgetConnection, connectBudget, type LedgerTarget } from "../ledger/budget-connection.ts";
import { type DimensionName, dimensionNames, dimensions } from "../ledger/dimensions.ts";
import { filterOf, filterOptions, filterUsage, targetOf } from "../ledger/filter-options.ts";
import { pagesOf } from "../ledger/pages.ts";
import { renderReport } from "../ledger/render-report.ts";
import { csvOfReport, jsonOfReport } from "../ledger/report-export.ts";
import { prefixReportJson, renderPrefixReport } from "../prefix-cache/render.ts";
import { type PrefixTally, tallyPrefixes } from "../prefix-cache/tally.ts";

const usage = `Tells what requests cost, for whom, and what routing and cache saved against the baseline model.

  npx switchyard report [OPTION...]

  --by A,B,...           a row for each ${dimensionNames.join(", ")}, or combination of them; feature,model by
                         default. The dearest come first; where it is by day first, days in their order
${filterUsage}                         Without --since, the last 30 days
  --limit N              rows at most, 1 to 10000; 30 by default, and 10000 with --json and --csv
  --prefix-cache         instead: how much of the input providers read from their prefix caches, by feature, and why it is not
                         more; looks at every entry, by default of the last 7 days
  --json, --csv          print the report as JSON, with money in nano-USD, or as CSV, with money in USD

  npx switchyard report --by user --since 30d --limit 10         the ten top spenders
  npx switchyard report --by day --since 2026-11-01              day by day
  npx switchyard report --by feature,model --since 7d --csv      cost allocation for a spreadsheet
`;

/** `switchyard report`: sums over the ledger. */
export const report: Command = {
  name: "report",
  summary: "what requests cost, by feature, model, user or day, and what was saved",
  usage,
  async run(parameters, context) {
    const { target, filter, by, limit, format, isOnPrefixes } = readOptions(parameters, context.environment);
    using budget = connectBudget(target, context.signal);
    if (isOnPrefixes) return await reportOnPrefixes(budget, filter, format, context);
    const request = ReportRequest.create({ filter, by: by.map((name) => dimensions[name]), limit });
    const answer = await budget.call((client, options) => client.report(request, options));
    const rows = by[0] === "day" ? answer.rows.toSorted((one, other) => (one.day < other.day ? -1 : 1)) : answer.rows;
    const sorted = { ...answer, rows };
    const write = { table: renderReport, json: jsonOfReport, csv: csvOfReport }[format];
    context.output.write(write(sorted, by));
  },
};

interface ReportOptions {
  readonly target: LedgerTarget;
  readonly filter: LedgerFilter;
  readonly by: readonly DimensionName[];
  readonly limit: number;
  readonly format: "table" | "json" | "csv";
  /** Whether it is on the providers' prefix caches. */
  readonly isOnPrefixes: boolean;
}

async function reportOnPrefixes(
  budget: BudgetConnection,
  filter: LedgerFilter,
  format: ReportOptions["format"],
  { output }: CommandContext,
): Promise<void> {
  const tallies = new Map<string, PrefixTally>();
  for await (const page of pagesOf(budget, filter)) tallyPrefixes(tallies, page);
  const write = format === "json" ? prefixReportJson : renderPrefixReport;
  output.write(write([...tallies.values()]));
}

const shownRows = 30;
const mostRows = 10_000;
const defaultSince = "30d";
const prefixSince = "7d";

function readOptions(parameters: readonly string[], environment: CommandContext["environment"]): ReportOptions {
  const { by, limit, json, csv, "prefix-cache": isOnPrefixes, ...values } = parse(parameters);
  if (json && csv) throw new UsageError("--json and --csv exclude each other");
  if (isOnPrefixes && csv) throw new UsageError("--prefix-cache is a table, or JSON");
  const usual = isOnPrefixes ? prefixSince : defaultSince;
  const { since = values.until === undefined ? usual : undefined } = values;
  return {
    target: targetOf(values, environment),
    filter: filterOf({ ...values, since }),
    by: dimensionsOf(by),
    limit: limit === undefined ? (json || csv ? mostRows : shownRows) : limitOf(limit),
    isOnPrefixes,
    format: json ? "json" : csv ? "csv" : "table",
  };
}

function parse(parameters: readonly string[]) {
  try {
    const own = {
      by: { type: "string", default: "feature,model" },
      limit: { type: "string" },
      json: { type: "boolean", default: false },
      csv: { type: "boolean", default: false },
      "prefix-cache": { type: "boolean", default: false },
    } as const;
    return parseArgs({ args: [...parameters], options: { ...filterOptions, ...own } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function dimensionsOf(list: string): DimensionName[] {
  const by = list.split(",").flatMap((name) => name.trim() || []);
  const isKnown = (name: string): name is DimensionName => Object.hasOwn(dimensions, name);
  const stranger = by.find((name) => !isKnown(name));
  if (stranger !== undefined) {
    throw new UsageError(`--by must be of ${dimensionNames.join(", ")}, not "${stranger}"`);
  }
  if (new Set(by).size < by.length) throw new UsageError("--by must name each once");
  return by.filter(isKnown);
}

function limitOf(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= mostRows) return value;
  throw new UsageError(`--limit must be a whole number from 1 to ${mostRows}, not "${text}"`);
}
