import type { Report, Row } from "./report.ts";
import type { Spread } from "./statistics.ts";

/** The report for people. */
export function renderReport(report: Report): string {
  const { rounds, roundMs } = report.options;
  const lines = [`Medians of ${rounds} rounds of ${roundMs} ms, lowest and highest round behind them.`, ""];
  for (const row of report.levels) {
    if (row.name === report.levels[0]?.name) lines.push("", heading(row));
    lines.push(line(row));
  }
  lines.push("", "Ratios at the highest level, whole answers:");
  for (const [name, value] of Object.entries(report.ratios)) lines.push(`  ${name.padEnd(24)} ${value}`);
  return `${lines.join("\n")}\n`;
}

const heading = ({ connections, streamed }: Row) =>
  `${connections} ${connections === 1 ? "connection" : "connections"}, ${streamed ? "streamed" : "whole"}\n` +
  `${"".padEnd(24)}${"requests/s".padStart(24)}${"p50 us".padStart(10)}${"p99 us".padStart(10)}` +
  `${"added p50".padStart(11)}${"first token".padStart(13)}${"CPU us".padStart(9)}${"RSS MiB".padStart(9)}`;

const line = (row: Row) =>
  row.name.padEnd(24) +
  withSpread(row.rps).padStart(24) +
  whole(row.p50Us).padStart(10) +
  whole(row.p99Us).padStart(10) +
  whole(row.addedP50Us).padStart(11) +
  whole(row.addedFirstTokenUs).padStart(13) +
  whole(row.cpuUsPerRequest).padStart(9) +
  String(row.rssMiB).padStart(9);

const whole = (spread: Spread | undefined) => (spread === undefined ? "" : Math.round(spread.median).toString());

const withSpread = ({ median, low, high }: Spread) => `${Math.round(median)} (${Math.round(low)}-${Math.round(high)})`;
