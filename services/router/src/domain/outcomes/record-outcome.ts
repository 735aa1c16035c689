import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Classification, Task } from "@switchyard/contracts/vocabulary/routing";
import type { OutcomeStore } from "../../ports.ts";
import { type AccessPolicy, admit } from "../admit.ts";
import { type DecisionPolicy, type Judgement, rulesOf } from "../decide.ts";
import { Refusal } from "../refusal.ts";
import type { Credentials, Incoming, Patience, Prompt } from "../request.ts";
import type { Steps } from "../steps.ts";

/** Who may judge. */
export type OutcomeSource = "judge" | "user" | "test";

/** A judgement as it arrived. */
export interface OutcomeReport extends Patience {
  readonly credentials: Credentials;
  readonly caller: Caller | undefined;
  /** Empty: described by the rest. */
  readonly requestId: string;
  readonly model: string;
  readonly task: Task;
  readonly prompt: string;
  /** 0 (useless) to 1 (good enough). */
  readonly score: number;
  readonly source: OutcomeSource;
}

export interface RecordContext {
  readonly access: AccessPolicy;
  readonly policy: DecisionPolicy;
  readonly store: OutcomeStore;
  readonly steps: Pick<Steps, "shape" | "classify">;
  /** What a judgement of each source counts for, 0 to 1. */
  readonly weights: Readonly<Record<OutcomeSource, number>>;
  /** The chat request that a prompt alone makes. */
  readonly chatOf: (text: string) => Incoming["chat"];
}

/**
 * Counts a judgement of an answer; false where its source has judged the request before. Throws Refusal: UNKNOWN_REQUEST,
 * UNKNOWN_MODEL, and as admit; SERVICE_UNAVAILABLE where the store is away.
 */
export async function recordOutcome(report: OutcomeReport, context: RecordContext): Promise<boolean> {
  const caller = admit(report.credentials, report.caller, context.access);
  const { requestId, source, score } = report;
  const about = requestId ? await remembered(requestId, caller, context) : await described(report, caller, context);
  const weight = context.weights[source];
  return await context.store.record({ ...about, requestId, source, score, weight, tenant: caller.tenant });
}

/** What an outcome is about. */
interface Subject {
  readonly model: string;
  readonly task: Task;
  readonly prior: number;
}

async function remembered(requestId: string, { tenant }: Caller, { store }: RecordContext): Promise<Subject> {
  const kept = await store.find(tenant, requestId);
  if (kept) return kept;
  throw new Refusal(
    "UNKNOWN_REQUEST",
    "no request of this id is known (any more) that a model answered; name model and task or prompt instead",
    { metadata: { field: "request_id" } },
  );
}

async function described(report: OutcomeReport, caller: Caller, context: RecordContext): Promise<Subject> {
  const model = context.policy.catalogue.byId.get(report.model);
  if (!model || model.capabilities.has("embeddings")) {
    throw new Refusal("UNKNOWN_MODEL", `no chat model "${report.model}" in the catalogue`, {
      metadata: { field: "model", model: report.model },
    });
  }
  const incoming: Incoming = {
    ...{ chat: context.chatOf(report.prompt), caller, hints: undefined, idempotencyKey: "", isStreamed: false },
    ...{ credentials: report.credentials, signal: report.signal, deadline: report.deadline },
  };
  const prompt = context.steps.shape(incoming, caller);
  const judgement = await judgementOf(report, prompt, context);
  return { model: model.id, task: judgement.task, prior: rulesOf(prompt, judgement, context.policy).priorOf(model) };
}

/** What the prompt is taken for; without one, a middling prompt of the task. */
async function judgementOf({ task, prompt: text, signal }: OutcomeReport, prompt: Prompt, { steps }: RecordContext) {
  const known: Classification = {
    ...{
      task,
      taskConfidence: 1,
      complexity: 0.5,
      complexityConfidence: 0,
      language: "und",
      classifierVersion: "hint",
    },
  };
  if (text === "") return known;
  const judged: Judgement | undefined = await steps.classify(prompt, signal);
  return judged && task === "TASK_UNSPECIFIED" ? judged : { ...known, ...judged, task };
}
