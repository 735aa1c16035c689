import process from "node:process";
import { audit } from "./commands/audit.ts";
import { run } from "./run.ts";

process.exitCode = await run([audit], process);
