import type { Metadata } from "nice-grpc-common";

/** A method as ts-proto describes it. Client streams are not used on this platform. */
export interface MethodDefinition {
  readonly name: string;
  readonly requestType: { encode(message: never): unknown; decode(input: Uint8Array): unknown };
  readonly requestStream: false;
  readonly responseType: { encode(message: never): unknown; decode(input: Uint8Array): unknown };
  readonly responseStream: boolean;
  readonly options: object;
}

/** A service as ts-proto describes it. */
export interface ServiceDefinition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

type Request<M extends MethodDefinition> = ReturnType<M["requestType"]["decode"]>;
type Response<M extends MethodDefinition> = ReturnType<M["responseType"]["decode"]>;

/** What a handler knows of the call it answers. */
export interface Call {
  readonly metadata: Metadata;
  /** Address of the caller, `127.0.0.1:41234`; `in-process` for a call within the process. */
  readonly peer: string;
  /** Aborts when the caller goes away or the deadline passes. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in milliseconds since the epoch; undefined if it waits for ever. */
  readonly deadline: number | undefined;
}

/** The server's side of a service: whole messages in, whole messages out, faults thrown as RpcError. */
export type Handlers<D extends ServiceDefinition> = {
  readonly [M in keyof D["methods"]]: (
    request: Request<D["methods"][M]>,
    call: Call,
  ) => D["methods"][M]["responseStream"] extends true
    ? AsyncIterable<Response<D["methods"][M]>>
    : Promise<Response<D["methods"][M]>>;
};

/** What a caller may say of one call. */
export interface CallOptions {
  /** Cancels the call at the other end. */
  readonly signal?: AbortSignal | undefined;
  /** When to stop waiting, in milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  readonly metadata?: Metadata;
}

/** The caller's side of a service; the same over a socket and in-process. A message handed over belongs to the callee. */
export type Client<D extends ServiceDefinition> = {
  readonly [M in keyof D["methods"]]: (
    request: Request<D["methods"][M]>,
    options?: CallOptions,
  ) => D["methods"][M]["responseStream"] extends true
    ? AsyncIterable<Response<D["methods"][M]>>
    : Promise<Response<D["methods"][M]>>;
};

/** A service with its handlers, ready to be served or called. */
export interface Service<D extends ServiceDefinition = ServiceDefinition> {
  readonly definition: D;
  readonly handlers: Handlers<D>;
}

/** Pairs a definition with handlers of its types. */
export function service<D extends ServiceDefinition>(definition: D, handlers: Handlers<D>): Service<D> {
  return { definition, handlers };
}
