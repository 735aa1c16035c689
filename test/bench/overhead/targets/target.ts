/** Something that answers chat requests, with the processes that do it. */
export interface Target {
  /** Where it takes chat requests over HTTP. */
  readonly url: string;
  /** `host:port` of its RouterService; undefined where it has none. */
  readonly grpc?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly processIds: readonly number[];
  stop(): Promise<void>;
}
