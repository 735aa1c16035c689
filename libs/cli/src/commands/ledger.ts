import { parseArgs } from "node:util";
import type { LedgerFilter } from "@switchyard/contracts/budget/v1/budget";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { connectBudget, type LedgerTarget } from "../ledger/budget-connection.ts";
import { type ExportFormat, exportHeader, exportLine } from "../ledger/export-columns.ts";
import { filterOf, filterOptions, filterUsage, targetOf } from "../ledger/filter-options.ts";
import { pagesOf } from "../ledger/pages.ts";
import { count } from "../terminal/format.ts";
import { createPrinter } from "../terminal/printer.ts";
import { createProgress } from "../terminal/progress.ts";

const usage = `Writes the entries of the ledger out, oldest first: every attempt, cache hit and presumption, with what it cost and for whom.

  npx switchyard ledger [OPTION...] > ledger.jsonl

${filterUsage}  --format jsonl|csv     JSON Lines, by default, with money in nano-USD; or CSV, with money in USD
`;

/** `switchyard ledger`: the ledger's entries, for a warehouse or a spreadsheet. */
export const ledger: Command = {
  name: "ledger",
  summary: "every entry of the ledger, as JSON Lines or CSV",
  usage,
  async run(parameters, context) {
    const { target, filter, format } = readOptions(parameters, context.environment);
    using budget = connectBudget(target, context.signal);
    using printer = createPrinter(context.output);
    // A bar would stand between the entries where both go to the terminal.
    const terminal = { write: context.remarks.write.bind(context.remarks), isTTY: isAside(context) };
    const progress = createProgress("reading", undefined, terminal, () => performance.now());
    let entries = 0;
    try {
      let text = exportHeader(format);
      for await (const page of pagesOf(budget, filter)) {
        for (const entry of page) text += exportLine(entry, format);
        entries += page.length;
        if (!(await printer.print(text))) return;
        text = "";
        progress.show(entries, () => `${count(entries)} entries`);
      }
    } finally {
      progress.finish();
    }
  },
};

const isAside = ({ remarks, output }: { remarks: NodeJS.WriteStream; output: NodeJS.WritableStream }) =>
  remarks.isTTY && !("isTTY" in output && output.isTTY);

interface LedgerOptions {
  readonly target: LedgerTarget;
  readonly filter: LedgerFilter;
  readonly format: ExportFormat;
}

function readOptions(parameters: readonly string[], environment: CommandContext["environment"]): LedgerOptions {
  const { format, ...values } = parse(parameters);
  if (format !== "jsonl" && format !== "csv") {
    throw new UsageError(`--format must be jsonl or csv, not "${format}"`);
  }
  return { target: targetOf(values, environment), filter: filterOf(values), format };
}

function parse(parameters: readonly string[]) {
  try {
    const options = { ...filterOptions, format: { type: "string", default: "jsonl" } } as const;
    return parseArgs({ args: [...parameters], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
