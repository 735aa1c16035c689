import { readConfig, stopSignal } from "@switchyard/rpc";
import { createLogger } from "@switchyard/telemetry";
import { createSimulator } from "./app.ts";

const config = readConfig(process);
if (config !== undefined) {
  const logger = createLogger("simulator", config.log.level);
  const simulator = await createSimulator(config, {
    onUnforeseen: (error) => logger.error({ err: error }, "unforeseen error"),
  });
  logger.info({ url: simulator.url }, "serving a simulation: every answer is made up, no model is asked");
  await stopSignal(process);
  await simulator.close();
  logger.info("stopped");
}
