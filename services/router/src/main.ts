import { runService } from "@switchyard/rpc";
import { createRouterApp } from "./app.ts";

await runService(
  {
    name: "router",
    listen: (config) => config.router,
    create: createRouterApp,
  },
  process,
);
