import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingHints } from "@switchyard/contracts/vocabulary/routing";
import { type Call, callSignal, invalidRequest } from "@switchyard/rpc";
import type { Credentials, Incoming, Patience } from "../domain/request.ts";
import { violationsOfChat } from "./validate-chat.ts";
import { violationsOfCaller, violationsOfHints, violationsOfIdempotencyKey } from "./validate-context.ts";

/**
 * Kept back from the caller's time so that an error still reaches it, in milliseconds: who has more time loses nothing by more,
 * and a busy machine needs it.
 */
const answerMarginMs = (leftMs: number) => Math.min(250, Math.max(25, leftMs / 20));

interface ChatCall {
  readonly chat: ChatRequest | undefined;
  readonly caller: Caller | undefined;
  readonly hints: RoutingHints | undefined;
  readonly idempotencyKey?: string;
}

/** A chat call as the domain takes it; dispose it when the call is over. Throws RpcError INVALID_ARGUMENT that names every wrong field. */
export function toIncoming(
  request: ChatCall,
  call: Call,
  isStreamed: boolean,
  defaultDeadlineMs: number,
): Incoming & Disposable {
  const { chat, caller, hints, idempotencyKey = "" } = request;
  const violations = [
    ...violationsOfChat(chat, "chat"),
    ...violationsOfCaller(caller),
    ...violationsOfHints(hints),
    ...violationsOfIdempotencyKey(idempotencyKey),
  ];
  if (violations.length > 0 || !chat) throw invalidRequest(...violations);
  return {
    chat,
    caller,
    hints,
    idempotencyKey,
    isStreamed,
    credentials: credentialsOf(call),
    ...patienceOf(call, defaultDeadlineMs, hints?.latencyBoundMs),
  };
}

/**
 * How long the caller of a call waits. The signal aborts at the deadline too, or a stream whose reader has stopped reading
 * would hold what it holds for ever. Dispose it when the call is over.
 */
export function patienceOf(call: Call, defaultDeadlineMs: number, latencyBoundMs?: number): Patience & Disposable {
  const now = Date.now();
  const latencyBound = now + (latencyBoundMs ?? Number.POSITIVE_INFINITY);
  const end = Math.min(call.deadline ?? now + defaultDeadlineMs, latencyBound);
  const deadline = end - answerMarginMs(end - now);
  const joined = callSignal(call.signal, deadline);
  return { signal: joined.signal, deadline, [Symbol.dispose]: () => joined[Symbol.dispose]() };
}

/** Who a call says it comes from. */
export function credentialsOf(call: Call): Credentials {
  return { authorization: call.metadata.get("authorization"), isLocal: isLocal(call.peer) };
}

/** Whether a peer is this process or on this machine's loopback. */
function isLocal(peer: string): boolean {
  return peer === "in-process" || /^(ipv4:)?127\.|^(ipv6:)?\[?::1\]?[:%]|^(ipv6:)?\[?::ffff:127\.|^unix:/.test(peer);
}
