import process from "node:process";
import { runService } from "@switchyard/rpc";
import { createBudgetApp } from "./app.ts";

await runService({ name: "budget", listen: (config) => config.budget, create: createBudgetApp }, process);
