import type { Odds } from "@switchyard/service-router/odds";

const candidates = 200;
const longest = 4_000;

/**
 * Microseconds to read a prompt's odds and compare 200 candidates by them, one prompt at a time on one thread, as
 * percentiles over the prompts; the first tenth only warms up.
 */
export function pace(odds: Odds, prompts: readonly string[]): { p50: number; p99: number } {
  const some = prompts.slice(0, longest);
  const heads = Array.from({ length: candidates }, (_, index) => index % odds.heads.length);
  const times: number[] = [];
  let sum = 0;
  for (const [index, prompt] of [...some.slice(0, some.length / 10), ...some].entries()) {
    const start = process.hrtime.bigint();
    const { chances } = odds.read(prompt);
    const baseline = chances[0] as number;
    let best = 0;
    for (const head of heads) {
      const adequacy = odds.asGoodAs(chances[head] as number, baseline);
      if (adequacy > best) best = adequacy;
    }
    const elapsed = Number(process.hrtime.bigint() - start) / 1_000;
    sum += best;
    if (index >= some.length / 10) times.push(elapsed);
  }
  if (!Number.isFinite(sum)) throw new TypeError("odds that are no numbers");
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(10 * (times[Math.floor(share * (times.length - 1))] ?? 0)) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}
