import { type ClassifierServiceDefinition, ClassifyRequest } from "@switchyard/contracts/classifier/v1/classifier";
import type { Client } from "@switchyard/rpc";
import { ruleOfThumb } from "../domain/rule-of-thumb.ts";
import type { Classifier } from "../ports.ts";
import type { OutageLog } from "./outage-log.ts";

/** How long a request waits for the classifier before a rule of thumb stands in, in milliseconds. */
const timeoutMs = 500;

/** The classifier service over gRPC. `onFallback` is told of every prompt that a rule of thumb judged instead. */
export function grpcClassifier(
  client: Client<ClassifierServiceDefinition>,
  log: OutageLog,
  onFallback: () => void,
): Classifier {
  return {
    async classify(prompt, signal) {
      const { chat, hints } = prompt;
      try {
        const { classification, sensitivity } = await client.classify(
          ClassifyRequest.create({
            system: prompt.systemText,
            text: prompt.userText,
            earlierTurnCount: Math.max(0, chat.messages.length - 1),
            hasTools: chat.tools.length > 0,
            wantsJson: chat.responseFormat !== undefined && chat.responseFormat.format?.$case !== "text",
          }),
          {
            signal,
            deadline: Math.min(prompt.deadline, Date.now() + timeoutMs),
          },
        );
        if (!classification) throw new Error("the classifier gave no classification");
        log.worked();
        return hints.task === "TASK_UNSPECIFIED"
          ? { ...classification, sensitivity }
          : { ...classification, sensitivity, task: hints.task, taskConfidence: 1 };
      } catch (error) {
        if (!signal.aborted && Date.now() < prompt.deadline) {
          log.failed(error);
          onFallback();
        }
        return { ...ruleOfThumb(prompt.inputTokens), task: hints.task };
      }
    },
  };
}
