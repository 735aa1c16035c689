import { runService } from "@switchyard/rpc";
import { createProviderAdapterApp } from "./app.ts";

await runService(
  { name: "provider-adapter", listen: (config) => config.providerAdapter, create: createProviderAdapterApp },
  process,
);
