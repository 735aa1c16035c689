export { Metadata } from "nice-grpc-common";
export { type AdminOptions, type AdminServer, serveAdmin } from "./admin-server.ts";
export { type CertificateFiles, type Certificates, type OnCertificates, openCertificates } from "./certificates.ts";
export { connect, type Target } from "./connect.ts";
export type { OnUnforeseen } from "./in-process-client.ts";
export type { Connection } from "./network-client.ts";
export {
  cancelled,
  deadlineExceeded,
  type FieldViolation,
  invalidRequest,
  type QuotaViolation,
  type Reason,
  RpcError,
  type RpcErrorOptions,
  Status,
} from "./rpc-error.ts";
export {
  type App,
  type AppContext,
  certificatesOf,
  type FollowOptions,
  followChanges,
  maxMessageBytes,
  type Peers,
  peersOf,
  readConfig,
  runService,
  type ServiceProcess,
  serving,
  stopSignal,
  untilStopped,
} from "./run-service.ts";
export { type RpcServer, type ServeOptions, serve, splitAddress } from "./server.ts";
export {
  type Call,
  type CallOptions,
  type Client,
  type Handlers,
  type Service,
  type ServiceDefinition,
  service,
} from "./service.ts";
export { type CallSignal, callSignal } from "./signals.ts";
