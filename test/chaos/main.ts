import { parseArgs } from "node:util";
import type { StoreName } from "./faults.ts";
import { randomOf } from "./random.ts";
import { type RoundReport, runRound } from "./run-round.ts";

const usage =
  "usage: npm run test:chaos -- [--minutes 2] [--seed N] [--store redis|sqlite|both] [--round-seconds 30] [--clients 10] [--unguarded]\n";

const { values: options } = parseArgs({
  options: {
    /** Rounds are begun for so long, the stores in turns. */
    minutes: { type: "string", default: "2" },
    /** Of the first round; the next have the numbers behind it. */
    seed: { type: "string" },
    store: { type: "string", default: "both" },
    /** Of load and faults in a round. */
    "round-seconds": { type: "string", default: "30" },
    clients: { type: "string", default: "10" },
    directs: { type: "string", default: "4" },
    /** Lets masters of Redis write without a replica, which loses what they write until they know that they are none any more. */
    unguarded: { type: "boolean", default: false },
  },
});

const stores: readonly StoreName[] | undefined = (
  { redis: ["redis"], sqlite: ["sqlite"], both: ["sqlite", "redis"] } as Record<string, readonly StoreName[]>
)[options.store];
if (!stores) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else await run(stores);

async function run(stores: readonly StoreName[]): Promise<void> {
  const end = Date.now() + Number(options.minutes) * 60_000;
  const first = options.seed === undefined ? randomOf(Date.now())(1_000_000) : Number(options.seed);
  let failures = 0;
  for (let round = 0; round < stores.length || Date.now() < end; round++) {
    const store = stores[round % stores.length] as StoreName;
    const seed = first + Math.floor(round / stores.length);
    process.stdout.write(`round ${round + 1}: --store ${store} --seed ${seed}\n`);
    const report = await runRound({
      store,
      isGuarded: !options.unguarded,
      seed,
      durationMs: Number(options["round-seconds"]) * 1_000,
      clients: Number(options.clients),
      directs: Number(options.directs),
    });
    print(report);
    if (report.wrong.length > 0) failures++;
  }
  process.stdout.write(
    failures === 0 ? "nothing was overspent, lost or counted twice\n" : `${failures} rounds failed\n`,
  );
  process.exitCode = failures === 0 ? 0 : 1;
}

function print({
  wrong,
  faults,
  questions,
  directRequests,
  served,
  lines,
  estimates,
  looks,
  failovers,
}: RoundReport): void {
  const counts = (all: Readonly<Record<string, number>>) =>
    Object.entries(all)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  process.stdout.write(
    [
      `  faults     ${faults.map(({ atMs, victim }) => `${(atMs / 1_000).toFixed(1)}s ${victim}`).join(", ")}`,
      `  failovers  ${failovers}`,
      `  questions  ${counts(questions)}; the provider served ${served}`,
      `  directly   ${directRequests} requests`,
      `  ledger     ${counts(lines)}`,
      `  estimates  ${estimates.requests} requests, ${estimates.above} tokens above and ${estimates.below} below what was served`,
      `  counters   looked at ${looks.seen} times, out of reach ${looks.away} times`,
      ...wrong.slice(0, 30).map((finding) => `  WRONG      ${finding}`),
      wrong.length > 30 ? `  WRONG      and ${wrong.length - 30} more` : "  done",
      "",
    ].join("\n"),
  );
}
