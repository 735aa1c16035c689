import { decideAmong } from "@switchyard/service-router/decide-bench";
import type { Odds } from "@switchyard/service-router/odds";

const candidates = 200;
const longest = 4_000;

/**
 * Microseconds of a whole decision among 200 candidates, the reading of the prompt's odds included, one prompt at a time on
 * one thread, as percentiles over the prompts; the first tenth only warms up.
 */
export function pace(odds: Odds, prompts: readonly string[]): { p50: number; p99: number } {
  const some = prompts.slice(0, longest);
  const prepare = decideAmong(candidates, odds);
  const times: number[] = [];
  let length = 0;
  for (const [index, prompt] of [...some.slice(0, some.length / 10), ...some].entries()) {
    const decide = prepare(prompt);
    const start = process.hrtime.bigint();
    const chain = decide();
    const elapsed = Number(process.hrtime.bigint() - start) / 1_000;
    length += chain;
    if (index >= some.length / 10) times.push(elapsed);
  }
  if (length === 0) throw new TypeError("decisions for nobody");
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(10 * (times[Math.floor(share * (times.length - 1))] ?? 0)) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}
