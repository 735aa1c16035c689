import { readConfig, stopSignal } from "@switchyard/rpc";
import { createLogger, startTelemetry } from "@switchyard/telemetry";
import { createStandalone } from "./app.ts";
import { banner } from "./banner.ts";

const config = readConfig(process);
if (config) {
  const logger = createLogger("standalone", config.log.level);
  const telemetry = startTelemetry("switchyard", process.env);
  const standalone = await createStandalone(config, { logger, scrape: telemetry.scrape });
  process.stdout.write(banner(standalone));
  logger.info({ http: standalone.httpUrl, grpc: standalone.grpcAddress, budget: standalone.budgetAddress }, "serving");
  await stopSignal(process);
  logger.info("draining");
  await standalone.close();
  await telemetry.shutdown();
}
