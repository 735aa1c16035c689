import { type Config, ConfigError, followConfig, loadConfig, reloadOver } from "@switchyard/config";
import { attribute, createInstruments, createLogger, type Logger, startTelemetry } from "@switchyard/telemetry";
import { serveAdmin } from "./admin-server.ts";
import { type Certificates, openCertificates } from "./certificates.ts";
import { type ServeOptions, serve } from "./server.ts";
import type { Service } from "./service.ts";

/** What a composition root builds: services ready to be served, in a process of their own or in one with others. */
export interface App {
  readonly services: readonly Service[];
  /** Whether what it depends on can be reached. */
  isReady(): boolean;
  /** Goes on with another configuration, which differs only in what may change while a process runs. */
  reconfigure?(config: Config): void;
  /** Finishes background work and lets go of stores and connections. */
  close(): Promise<void>;
}

export interface AppContext {
  readonly logger: Logger;
}

export interface ServiceProcess {
  /** `cache`; the OpenTelemetry service name is `switchyard-cache`. */
  readonly name: string;
  readonly listen: (config: Config) => {
    readonly listen: string;
    readonly adminListen: string;
    /** Whether callers without a certificate are taken where servers have one; they are not if left out. */
    readonly clientCertificate?: "required" | "optional";
  };
  readonly create: (config: Config, context: AppContext, peers: Peers) => Promise<App>;
}

/** Where the services are that a process calls. */
export type Peers = {
  readonly [Peer in keyof Config["peers"]]: {
    readonly address: string;
    readonly certificates: Certificates | undefined;
  };
};

/** Largest gRPC message taken, in bytes: the largest HTTP body and room for framing. */
export const maxMessageBytes = (config: Config) => config.gateway.maxBodyBytes + 1024 * 1024;

/** What the configuration says of every gRPC server. */
export const serving = (config: Config): Pick<ServeOptions, "maxMessageBytes" | "maxConnectionAgeMs"> => ({
  maxMessageBytes: maxMessageBytes(config),
  maxConnectionAgeMs: config.rpc.maxConnectionAgeMs,
});

/**
 * Runs one service as a process: configuration, telemetry, socket, probes; on SIGTERM or SIGINT it drains and ends. With
 * `--check-config` it only says whether the configuration is valid. Sets the exit code; never calls `process.exit`.
 */
export async function runService(definition: ServiceProcess, process: NodeJS.Process): Promise<void> {
  const config = readConfig(process);
  if (config === undefined) return;
  const logger = createLogger(definition.name, config.log.level);
  await untilStopped(process, logger, async (opened) => {
    const telemetry = startTelemetry(`switchyard-${definition.name}`, process.env);
    opened.defer(() => telemetry.shutdown());
    const certificates = certificatesOf(config, logger);
    if (certificates) opened.use(certificates);
    const app = await definition.create(config, { logger }, peersOf(config, certificates));
    opened.use(followChanges(process.env, config, { logger, onChange: (next) => app.reconfigure?.(next) }));
    let isDraining = false;
    const { listen, adminListen, clientCertificate = "required" } = definition.listen(config);
    const isReady = () => !isDraining && app.isReady();
    const admin = await serveAdmin({ listen: adminListen, scrape: telemetry.scrape, isReady });
    opened.defer(() => admin.close());
    opened.defer(() => app.close());
    const credentials = certificates?.forServer(clientCertificate);
    const server = await serve(app.services, { listen, logger, isReady, credentials, ...serving(config) });
    opened.defer(() => server.drain(config.drainMs, config.drainNoticeMs));
    opened.defer(() => {
      isDraining = true;
    });
    return { address: server.address, admin: admin.address };
  });
}

const configLookMs = 2_000;

export interface FollowOptions {
  readonly logger: Logger;
  /** Given what is in force from now on. */
  readonly onChange: (config: Config) => void;
  /** How often the file is looked at, in milliseconds; two seconds if left out. */
  readonly intervalMs?: number;
}

/**
 * Follows the configuration's file: what may change is taken at once, what needs a restart is named in the log, and what is not valid
 * leaves the one before in force. A metric says which it was, and whether the file is in force.
 */
export function followChanges(
  environment: NodeJS.ProcessEnv,
  start: Config,
  { logger, onChange, intervalMs = configLookMs }: FollowOptions,
): Disposable {
  const { configReloads, configInForce } = createInstruments();
  let inForce = start;
  configInForce.record(1);
  return followConfig(environment, intervalMs, (change) => {
    const isTaken = "config" in change;
    configReloads.add(1, { [attribute.outcome]: isTaken ? "taken" : "refused" });
    configInForce.record(isTaken ? 1 : 0);
    if (!isTaken) {
      logger.error({ reason: change.reason }, "the changed configuration is not used: the one before stays in force");
      return;
    }
    const { config, held } = reloadOver(inForce, change.config);
    inForce = config;
    onChange(config);
    logger.info({ needRestart: held }, "the configuration changed");
  });
}

/** The certificate of this process, followed as its files change; undefined where services talk in the clear. Throws if it is unusable. */
export function certificatesOf({ rpc }: Config, logger: Logger): Certificates | undefined {
  if (rpc.tls === undefined) return undefined;
  const { certificateReloads } = createInstruments();
  return openCertificates(rpc.tls, (news) => {
    const isTaken = "notAfter" in news;
    certificateReloads.add(1, { [attribute.outcome]: isTaken ? "taken" : "refused" });
    if (isTaken) logger.info({ notAfter: news.notAfter }, "the certificate changed");
    else logger.error({ reason: news.reason }, "the changed certificate is not used: the one before stays in force");
  });
}

/** The peers of the configuration, to be called by this process. */
export function peersOf({ peers }: Config, certificates: Certificates | undefined): Peers {
  const entries = Object.entries(peers).map(([peer, address]) => [peer, { address, certificates }]);
  return Object.fromEntries(entries) as Peers;
}

/**
 * Starts something, says where it serves, and closes what it opened, last first, when the process is asked to end. A start
 * that fails is one line in the log and exit code 1.
 */
export async function untilStopped(
  process: NodeJS.Process,
  logger: Logger,
  start: (opened: AsyncDisposableStack) => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  let stopped: Promise<void>;
  try {
    const serving = await start(opened);
    // Whoever reads that it serves may end it at once.
    stopped = stopSignal(process);
    logger.info(serving, "serving");
  } catch (error) {
    logger.fatal({ reason: (error as Error).message }, "cannot start");
    process.exitCode = 1;
    return;
  }
  await stopped;
  logger.info("draining");
}

/** The configuration, or undefined where there is nothing to run: it is not valid, or only its check was asked for. */
export function readConfig(process: NodeJS.Process): Config | undefined {
  try {
    const config = loadConfig(process.env);
    if (!process.argv.includes("--check-config")) return config;
    process.stdout.write("the configuration is valid\n");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
  return undefined;
}

/** Resolves when the process is asked to end. */
export function stopSignal(process: NodeJS.Process): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}
