import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { CachePolicy, Sensitivity } from "@switchyard/contracts/vocabulary/routing";

/** What the cache may do for a request. */
export interface Admission {
  /** Answer it with what the same request was answered before. */
  readonly read: boolean;
  /** Keep its answer for the same request. */
  readonly write: boolean;
  /** Keep and give back its answer under its idempotency key: a promise to the caller, not a saving. */
  readonly replay: boolean;
}

const nothing: Admission = { read: false, write: false, replay: false };
const replayOnly: Admission = { read: false, write: false, replay: true };
const refresh: Admission = { read: false, write: true, replay: true };
const everything: Admission = { read: true, write: true, replay: true };

/** What the cache may do for a request, by its own nature first, then by the caller's policy. */
export function admit(
  request: {
    readonly chat: ChatRequest;
    readonly user: string;
    readonly policy: CachePolicy;
    readonly sensitivity: Sensitivity;
  },
  maxTemperature: number,
): Admission {
  const { chat, user, policy, sensitivity } = request;
  // A class that is not known here was made by a newer peer, and may be stricter than any that is.
  if (sensitivity === "SENSITIVITY_RESTRICTED" || sensitivity === "UNRECOGNIZED") return nothing;
  // Without a user, a confidential answer has nobody to stay with.
  if (sensitivity === "SENSITIVITY_CONFIDENTIAL" && user === "") return replayOnly;
  // Whoever asks for several or for much variety wants new answers, not the same again.
  if ((chat.n ?? 1) > 1 || !((chat.temperature ?? 0) <= maxTemperature)) return replayOnly;
  switch (policy) {
    case "CACHE_POLICY_UNSPECIFIED":
    case "CACHE_POLICY_READ_WRITE":
      return everything;
    case "CACHE_POLICY_REFRESH":
      return refresh;
    case "CACHE_POLICY_NO_STORE":
    case "UNRECOGNIZED":
      return replayOnly;
  }
}
