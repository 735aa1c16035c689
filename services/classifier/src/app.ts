import type { Config } from "@switchyard/config";
import { ClassifierServiceDefinition } from "@switchyard/contracts/classifier/v1/classifier";
import { type App, type AppContext, type Service, service } from "@switchyard/rpc";
import { guessLanguage } from "@switchyard/text";
import { rulesClassifier } from "./domain/classify.ts";
import { classify } from "./rpc/classify.ts";

/** The classifier service, ready to be served or called. */
export interface ClassifierApp extends App {
  readonly service: Service<typeof ClassifierServiceDefinition>;
}

/** Builds the classifier service. It depends on nothing, so it is always ready. */
export async function createClassifierApp(_config: Config, _context: AppContext): Promise<ClassifierApp> {
  const classifierService = service(ClassifierServiceDefinition, {
    classify: classify(rulesClassifier(guessLanguage)),
  });
  return {
    service: classifierService,
    services: [classifierService],
    isReady: () => true,
    close: async () => undefined,
  };
}
