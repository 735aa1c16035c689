import type { Answer } from "./answer.ts";
import { beside } from "./beside.ts";
import type { Decision } from "./decide.ts";
import type { BegunAnswer } from "./dispatch/open-stream.ts";
import type { Outcome } from "./dispatch/outcome.ts";
import { relied } from "./flight/relied.ts";
import { recite } from "./recite.ts";
import type { Incoming } from "./request.ts";
import type { Steps } from "./steps.ts";

/**
 * The platform in one sentence: admit the caller, shape the prompt, recall from cache, classify (and have a doubt
 * looked at again), decide on candidates, reserve budget, dispatch, settle the actual cost, remember the answer, report what
 * happened. What is recalled may still be growing; where it breaks off, the sentence goes on from there. Throws Refusal.
 */
export async function complete(incoming: Incoming, steps: Steps): Promise<Answer> {
  const caller = steps.admit(incoming);
  const prompt = steps.shape(incoming, caller);

  const recalling = steps.recall(prompt);
  const classifying = beside(recalling, prompt.signal, (signal) => steps.classify(prompt, signal));
  const recalled = await recalling;

  const ask = async (begun?: BegunAnswer): Promise<Answer> => {
    const judgement = await steps.reconsider(prompt, await classifying.result());
    const wanted = steps.decide(prompt, judgement);
    const decision = await steps.reserve(prompt, recalled, wanted);
    const over = (outcome: Outcome) => conclude(decision, outcome);
    const dispatched = steps.dispatch(prompt, recalled, decision, over, begun);
    const delivery = await dispatched.delivery;
    return { delivery, routing: () => steps.describe(prompt, recalled, decision, dispatched.progress()) };
  };
  const conclude = (decision?: Decision, outcome?: Outcome) => {
    const story = steps.describe(prompt, recalled, decision, outcome);
    steps.afterwards(() => steps.settle(prompt, story, outcome));
    steps.afterwards(() => steps.remember(prompt, recalled, story, outcome));
    steps.afterwards(() => steps.report(prompt, story, outcome));
    return story;
  };

  const recited = recite(prompt, recalled, { conclude, takeOver: ask, story: () => steps.describe(prompt, recalled) });
  if (recalled.answer) classifying.cancel();
  return recited ?? (await relied(recalled, ask()));
}
