import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Row } from "./rows.ts";
import { leftOut } from "./training-rows.ts";

/** What a card tells of a model; what it does on prompts it has not seen, the benchmark measures and the README says. */
export interface CardFacts {
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly data: readonly { readonly file: string; readonly sha256: string }[];
  readonly rows: readonly Row[];
  readonly complexityRows: readonly { readonly head: string; readonly kind: string; readonly rows: number }[];
  readonly features: number;
  readonly accuracyOnGroupsLeftOut: number;
}

/** Licences of the sources, as their repositories state them. */
const licences: Readonly<Record<string, string>> = {
  own: "this project's own work",
  crossed: "own instruction templates on texts under MIT, Apache-2.0, CC BY 4.0 and CC0 (its code left out)",
  t0: "Apache-2.0",
  natinst: "Apache-2.0",
  llmrouter: "MIT",
  math: "MIT",
  gsm8k: "MIT",
  agieval: "MIT",
  leetcode: "MIT",
  clinc: "CC BY 3.0",
  banking77: "CC BY 4.0",
  webquestions: "CC BY 4.0",
  chatterbot: "BSD-3-Clause",
  hh_rlhf: "MIT",
  gpteacher_roleplay: "MIT",
  writingbench: "Apache-2.0",
  seed_tasks: "Apache-2.0",
};

/** Writes the card of a model as JSON. */
export function writeCard(path: string, facts: CardFacts): void {
  const counts = new Map<string, number>();
  for (const { source } of facts.rows) counts.set(source, (counts.get(source) ?? 0) + 1);
  const card = {
    version: facts.version,
    sha256: createHash("sha256").update(facts.bytes).digest("hex"),
    bytes: facts.bytes.length,
    features: facts.features,
    trainedOn: [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([source, rows]) => ({ source, rows, licence: licences[source] ?? leftOut[source] ?? "unknown" })),
    complexity: facts.complexityRows,
    leftOut,
    data: facts.data,
    accuracyOnGroupsLeftOut: Math.round(facts.accuracyOnGroupsLeftOut * 1_000) / 1_000,
  };
  writeFileSync(path, `${JSON.stringify(card, null, 2)}\n`);
}
