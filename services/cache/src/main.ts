import { runService } from "@switchyard/rpc";
import { createCacheApp } from "./app.ts";

await runService({ name: "cache", listen: (config) => config.cache, create: createCacheApp }, process);
