import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { certificatesOf, connect, peersOf, readConfig, serveAdmin, untilStopped } from "@switchyard/rpc";
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
  await untilStopped(process, logger, async (opened) => {
    const telemetry = startTelemetry("switchyard-gateway", process.env);
    opened.defer(() => telemetry.shutdown());
    const certificates = certificatesOf(config, logger);
    if (certificates) opened.use(certificates);
    const router = connect(RouterServiceDefinition, peersOf(config, certificates).router);
    opened.defer(() => router.close());
    let isDraining = false;
    const admin = await serveAdmin({
      listen: config.gateway.adminListen,
      scrape: telemetry.scrape,
      isReady: () => !isDraining,
    });
    opened.defer(() => admin.close());
    // A router that is away is no reason to be taken out of service: callers then get an answer that says so.
    const peers = { router: router.client, scrape: telemetry.scrape, ready: () => true };
    const app = await createGatewayApp(config, { logger }, peers);
    opened.defer(() => app.close());
    opened.defer(() => {
      isDraining = true;
      return app.drain(config.drainMs, config.drainNoticeMs);
    });
    return { address: app.url, admin: admin.address };
  });
}
