import process from "node:process";
import { audit } from "./commands/audit.ts";
import { explain } from "./commands/explain.ts";
import { ledger } from "./commands/ledger.ts";
import { report } from "./commands/report.ts";
import { run } from "./run.ts";

process.exitCode = await run([explain, audit, report, ledger], process);
