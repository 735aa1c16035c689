import { runService } from "@switchyard/rpc";
import { createRouterApp } from "./app.ts";

await runService(
  {
    name: "router",
    listen: (config) => config.router,
    create: (config, context) => createRouterApp(config, context, config.peers),
  },
  process,
);
