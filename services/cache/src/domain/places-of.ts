import type { Admission, AdmissionRules } from "./admission.ts";
import { answerPlace, replayPlace, type SpacedPlace } from "./place.ts";
import type { Question } from "./question.ts";
import { digestOf, splitRequest } from "./request-digest.ts";
import { type Sharing, tenantSpace } from "./sharing.ts";

/** A place with what must be equal of the requests that are compared there. */
export type MeantPlace = SpacedPlace & { readonly scope: string };

/** Where the answer of a request may be, and may be kept. */
export interface Places {
  /** For the widest circle that may share it. */
  readonly main: MeantPlace | undefined;
  /** For its user, if the answer turns out to be for nobody else. */
  readonly own: SpacedPlace | undefined;
  /** For its idempotency key. */
  readonly replay: SpacedPlace | undefined;
  /** What is compared by its meaning. */
  readonly text: string | undefined;
}

/** The places of a request, as far as it is admitted to them. */
export function placesOf(
  question: Question,
  { write, replay, isOwn }: Admission,
  sharing: Sharing,
  rules: AdmissionRules,
): Places {
  const { tenant, user, sensitivity, idempotencyKey, chat, scope } = question;
  const wantsReplay = replay && idempotencyKey !== "";
  if (!wantsReplay && !write) return { main: undefined, own: undefined, replay: undefined, text: undefined };
  const parts = splitRequest(chat, scope);
  const ofUser = { space: tenantSpace(tenant), sensitivity, user };
  const shared = { space: sharing.sharedSpace(tenant), sensitivity, user: undefined };
  // Where what is personal is not kept at all, an answer needs no second place.
  const mayTurnOwn = write && !isOwn && user !== "" && rules.personalData === "user";
  return {
    main: write ? answerPlace(isOwn ? ofUser : shared, parts) : undefined,
    own: mayTurnOwn ? answerPlace(ofUser, parts) : undefined,
    replay: wantsReplay ? replayPlace(question, digestOf(parts)) : undefined,
    text: parts.text,
  };
}
