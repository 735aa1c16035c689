import { Metadata } from "nice-grpc-common";
import { cancelled, deadlineExceeded, RpcError } from "./rpc-error.ts";
import type { Call, CallOptions } from "./service.ts";
import { longestTimerMs } from "./signals.ts";

const emptyMetadata = Metadata();

/**
 * A call within the process, as its handler sees it; dispose it when it is over. Its signal is made when it is first asked
 * for, which most handlers never do. A class, because an object literal with a getter takes as long to make as all the rest.
 */
export class InProcessCall implements Call, Disposable {
  readonly metadata: Metadata;
  readonly peer = "in-process";
  readonly deadline: number | undefined;
  readonly #cancel: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #controller: AbortController | undefined;
  #end: RpcError | undefined;
  #reject: ((error: RpcError) => void) | undefined;

  /** Throws the error of an end that has come already. */
  constructor({ signal, deadline, metadata = emptyMetadata }: CallOptions) {
    this.metadata = metadata;
    this.deadline = deadline;
    this.#cancel = signal;
    if (signal?.aborted) throw abortError(signal);
    const leftMs = deadline === undefined ? undefined : deadline - Date.now();
    if (leftMs !== undefined && leftMs <= 0) throw deadlineExceeded();
    signal?.addEventListener("abort", this.#onCancel, { once: true });
    if (leftMs !== undefined) this.#timer = setTimeout(this.#onDeadline, Math.min(leftMs, longestTimerMs));
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end) this.#controller.abort(this.#end);
    }
    return this.#controller.signal;
  }

  /** Settles as `work` does, but rejects as soon as the caller goes away or the deadline passes. One at a time. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.#end) reject(this.#end);
      work.then(resolve, reject);
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#cancel?.removeEventListener("abort", this.#onCancel);
  }

  readonly #onCancel = (): void => this.#endWith(abortError(this.#cancel));
  readonly #onDeadline = (): void => this.#endWith(deadlineExceeded());

  #endWith(error: RpcError): void {
    this.#end ??= error;
    this.#controller?.abort(this.#end);
    this.#reject?.(this.#end);
  }
}

const abortError = (signal: AbortSignal | undefined): RpcError =>
  signal?.reason instanceof RpcError ? signal.reason : cancelled();
