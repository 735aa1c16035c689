import type { Config } from "@switchyard/config";
import { ClassifierServiceDefinition } from "@switchyard/contracts/classifier/v1/classifier";
import { type App, type AppContext, type Service, service } from "@switchyard/rpc";
import { createPromptClassifier } from "./create-prompt-classifier.ts";
import { classify } from "./rpc/classify.ts";
import { classifyBatch } from "./rpc/classify-batch.ts";

/** The classifier service, ready to be served or called. */
export interface ClassifierApp extends App {
  readonly service: Service<typeof ClassifierServiceDefinition>;
}

/** Builds the classifier service. It depends on nothing but its model, which is read here, so it is always ready. */
export async function createClassifierApp(_config: Config, _context: AppContext): Promise<ClassifierApp> {
  const classifier = createPromptClassifier();
  const classifierService = service(ClassifierServiceDefinition, {
    classify: classify(classifier),
    classifyBatch: classifyBatch(classifier),
  });
  return {
    service: classifierService,
    services: [classifierService],
    isReady: () => true,
    close: async () => undefined,
  };
}
