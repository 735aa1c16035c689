import { readFileSync } from "node:fs";
import { type ClassifierModel, decodeModel } from "../domain/model/model-format.ts";

/** The model that is shipped with the service. Throws where the file is missing or no model. */
export function readClassifierModel(): ClassifierModel {
  return decodeModel(readFileSync(new URL("../model/classifier.bin", import.meta.url)));
}
