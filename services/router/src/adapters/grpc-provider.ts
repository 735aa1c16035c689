import type { ProviderServiceDefinition } from "@switchyard/contracts/provider/v1/provider";
import { type Client, RpcError, Status } from "@switchyard/rpc";
import { AttemptFailure, type AttemptFailureReason } from "../domain/dispatch/attempt-failure.ts";
import type { Patience } from "../domain/request.ts";
import type { Provider } from "../ports.ts";

/** The provider-adapter service over gRPC. */
export function grpcProvider(client: Client<ProviderServiceDefinition>): Provider {
  return {
    async complete({ model, provider }, chat, patience) {
      const answer = await client
        .complete({ model, chat, provider, promptCacheKey: chat.promptCacheKey ?? "" }, options(patience))
        .catch(fail);
      return answer.response ?? fail(new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the answer was empty"));
    },
    async *stream({ model, provider }, chat, patience) {
      try {
        const request = { model, chat, provider, promptCacheKey: chat.promptCacheKey ?? "" };
        for await (const { chunk } of client.streamComplete(request, options(patience))) {
          if (chunk) yield chunk;
        }
      } catch (error) {
        fail(error);
      }
    },
    async embed({ model, provider }, embedding, patience) {
      const answer = await client.embed({ model, embedding, provider }, options(patience)).catch(fail);
      return answer.response ?? fail(new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the answer was empty"));
    },
  };
}

const options = ({ signal, deadline }: Patience) => ({ signal, deadline });

const reasons: ReadonlySet<string> = new Set<AttemptFailureReason>([
  "UPSTREAM_RATE_LIMITED",
  "UPSTREAM_UNAVAILABLE",
  "UPSTREAM_CONNECTION",
  "UPSTREAM_TIMEOUT",
  "UPSTREAM_CONTEXT_LENGTH",
  "UPSTREAM_CONTENT_FILTER",
  "UPSTREAM_INVALID_REQUEST",
  "UPSTREAM_AUTHENTICATION",
  "UPSTREAM_BROKEN_ANSWER",
  "SERVICE_UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "CANCELLED",
]);

function fail(error: unknown): never {
  if (error instanceof AttemptFailure) throw error;
  if (!(error instanceof RpcError)) throw new AttemptFailure("INTERNAL", "the attempt failed", undefined, error);
  if (error.reason === "INVALID_REQUEST") throw new AttemptFailure("UPSTREAM_INVALID_REQUEST", error.message);
  const reason = reasons.has(error.reason) ? (error.reason as AttemptFailureReason) : reasonOf(error);
  throw new AttemptFailure(reason, error.message, error.retryDelayMs, error);
}

const reasonOf = ({ code }: RpcError): AttemptFailureReason =>
  code === Status.UNAVAILABLE ? "SERVICE_UNAVAILABLE" : "INTERNAL";
