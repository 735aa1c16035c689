import { type Answer, storedDelivery } from "./answer.ts";
import { beside } from "./beside.ts";
import type { Incoming } from "./request.ts";
import type { Steps } from "./steps.ts";

/**
 * The platform in one sentence: admit the caller, shape the prompt, recall from cache, classify, decide on candidates,
 * reserve budget, dispatch, settle the actual cost, remember the answer, report what happened. Throws Refusal.
 */
export async function complete(incoming: Incoming, steps: Steps): Promise<Answer> {
  const caller = steps.admit(incoming);
  const prompt = steps.shape(incoming, caller);

  const recalling = steps.recall(prompt);
  const classifying = beside(recalling, (signal) => steps.classify(prompt, signal));
  const recalled = await recalling;
  const stored = storedDelivery(prompt, recalled);
  if (stored) {
    classifying.cancel();
    const story = steps.describe(prompt, recalled);
    steps.afterwards(() => steps.settle(prompt, story));
    steps.afterwards(() => steps.report(prompt, story));
    return { delivery: stored, routing: () => story };
  }

  const wanted = steps.decide(prompt, await classifying.result());
  const decision = await steps.reserve(prompt, wanted);
  const dispatched = steps.dispatch(prompt, decision, (outcome) => {
    const story = steps.describe(prompt, recalled, decision, outcome);
    steps.afterwards(() => steps.settle(prompt, story, outcome));
    steps.afterwards(() => steps.remember(prompt, recalled, story, outcome));
    steps.afterwards(() => steps.report(prompt, story, outcome));
  });

  const delivery = await dispatched.delivery;
  return { delivery, routing: () => steps.describe(prompt, recalled, decision, dispatched.progress()) };
}
