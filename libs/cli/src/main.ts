import process from "node:process";
import { audit } from "./commands/audit.ts";
import { cache } from "./commands/cache.ts";
import { explain } from "./commands/explain.ts";
import { ledger } from "./commands/ledger.ts";
import { outcome } from "./commands/outcome.ts";
import { policy } from "./commands/policy.ts";
import { report } from "./commands/report.ts";
import { trace } from "./commands/trace.ts";
import { train } from "./commands/train.ts";
import { run } from "./run.ts";

process.exitCode = await run([explain, audit, report, ledger, cache, outcome, policy, train, trace], process);
