import { followChanges, readConfig, serveAdmin, untilStopped } from "@switchyard/rpc";
import { createLogger, startTelemetry } from "@switchyard/telemetry";
import { createStandalone } from "./app.ts";
import { banner } from "./banner.ts";

const config = readConfig(process);
if (config) {
  const logger = createLogger("standalone", config.log.level);
  await untilStopped(process, logger, async (opened) => {
    const telemetry = startTelemetry("switchyard", process.env, config.traces.keep);
    opened.defer(() => telemetry.shutdown());
    const standalone = await createStandalone(config, { logger, scrape: telemetry.scrape });
    opened.defer(() => standalone.close());
    opened.use(followChanges(process.env, config, { logger, onChange: (next) => standalone.reconfigure(next) }));
    const isReady = () => !opened.disposed;
    const { scrape, traces } = telemetry;
    const admin = await serveAdmin({ listen: config.gateway.adminListen, scrape, isReady, traces });
    opened.defer(() => admin.close());
    process.stdout.write(banner(standalone));
    const { httpUrl: http, grpcAddress: grpc, budgetAddress: budget } = standalone;
    return { http, grpc, budget, admin: admin.address };
  });
}
