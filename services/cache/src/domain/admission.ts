import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { CachePolicy, Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { holdsPersonalData } from "./personal-data.ts";
import { isTimeSensitive } from "./time-sensitive.ts";

/** What the cache may do for a request. */
export interface Admission {
  /** Answer it with what was answered before. */
  readonly read: boolean;
  /** Keep its answer for others. */
  readonly write: boolean;
  /** Keep and give back its answer under its idempotency key: a promise to the caller, not a saving. */
  readonly replay: boolean;
  /** Whether answers stay with the user. */
  readonly isOwn: boolean;
  /** Longest life of its answer in seconds; 0: the configured one. */
  readonly ttlSeconds: number;
}

export interface AdmissionRules {
  /** Requests with a higher temperature are not cached. */
  readonly maxTemperature: number;
  /** Whether what holds personal data is kept for its user, or not at all. */
  readonly personalData: "user" | "none";
  /** Longest life of an answer about the moment; 0 keeps none. */
  readonly timeSensitiveTtlSeconds: number;
}

/** A request as it is admitted. */
export interface Applicant {
  readonly chat: ChatRequest;
  readonly user: string;
  readonly policy: CachePolicy;
  readonly sensitivity: Sensitivity;
}

const nothing: Admission = { read: false, write: false, replay: false, isOwn: false, ttlSeconds: 0 };
const replayOnly: Admission = { ...nothing, replay: true };

/** What the cache may do for a request, by its own nature first, then by the caller's policy. */
export function admit({ chat, user, policy, sensitivity }: Applicant, rules: AdmissionRules): Admission {
  // A class that is not known here was made by a newer peer, and may be stricter than any that is.
  if (sensitivity === "SENSITIVITY_RESTRICTED" || sensitivity === "UNRECOGNIZED") return nothing;
  const isPersonal = holdsPersonalData(chat);
  if (isPersonal && rules.personalData === "none") return nothing;
  const isOwn = isPersonal || sensitivity === "SENSITIVITY_CONFIDENTIAL";
  // Without a user, it has nobody to stay with.
  if (isOwn && user === "") return replayOnly;
  // Whoever asks for several or for much variety wants new answers, not the same again.
  if ((chat.n ?? 1) > 1 || !((chat.temperature ?? 0) <= rules.maxTemperature)) return replayOnly;
  if (policy === "CACHE_POLICY_NO_STORE" || policy === "UNRECOGNIZED") return replayOnly;
  const isOfTheMoment = isTimeSensitive(chat);
  if (isOfTheMoment && rules.timeSensitiveTtlSeconds === 0) return replayOnly;
  return {
    read: policy !== "CACHE_POLICY_REFRESH",
    write: true,
    replay: true,
    isOwn,
    ttlSeconds: isOfTheMoment ? rules.timeSensitiveTtlSeconds : 0,
  };
}
