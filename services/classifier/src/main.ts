import process from "node:process";
import { runService } from "@switchyard/rpc";
import { createClassifierApp } from "./app.ts";

await runService({ name: "classifier", listen: (config) => config.classifier, create: createClassifierApp }, process);
