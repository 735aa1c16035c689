import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { connect, readConfig, serveAdmin, stopSignal } from "@switchyard/rpc";
import { createLogger, startTelemetry } from "@switchyard/telemetry";
import { createGatewayApp } from "./app.ts";

/**
 * Runs the gateway as a process of its own in front of the router at `peers.router`; on SIGTERM or SIGINT it drains and
 * ends. With `--check-config` it only says whether the configuration is valid.
 */
export async function runGateway(process: NodeJS.Process): Promise<void> {
  const config = readConfig(process);
  if (config === undefined) return;
  const logger = createLogger("gateway", config.log.level);
  const telemetry = startTelemetry("switchyard-gateway", process.env);
  const router = connect(RouterServiceDefinition, config.peers.router);
  // A router that is away is no reason to be taken out of service: callers then get an answer that says so.
  const ready = () => true;
  const app = await createGatewayApp(config, { logger }, { router: router.client, scrape: telemetry.scrape, ready });
  let draining = false;
  const admin = await serveAdmin({
    listen: config.gateway.adminListen,
    scrape: telemetry.scrape,
    isReady: () => !draining && ready(),
  });
  logger.info({ address: app.url, admin: admin.address }, "serving");
  await stopSignal(process);
  logger.info("draining");
  draining = true;
  await app.drain(config.drainMs);
  await app.close();
  await admin.close();
  router.close();
  await telemetry.shutdown();
  logger.info("stopped");
}
