import type { ServerResponse } from "node:http";
import type { Served } from "./served.ts";

/** A request in the hands of a behaviour. */
export interface Exchange {
  readonly served: Served;
  readonly response: ServerResponse;
  /** Which request at its model it is, from 0. */
  readonly turn: number;
  /** Aborts when the response is over or the caller hung up. */
  readonly over: AbortSignal;
  /** Drops the connection; `reset` with a TCP reset, otherwise with a plain end. */
  drop(how: "reset" | "end"): void;
}

/** What a model does with a request. It is over when the promise resolves; one that hangs never resolves. */
export type Behaviour = (exchange: Exchange) => Promise<void> | void;
