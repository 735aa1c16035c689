import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { feedbackContract } from "../feedback.contract.ts";
import type { Feedback } from "../ports.ts";
import { createSqliteFeedback } from "./sqlite-feedback.ts";

feedbackContract("sqlite", () => {
  const folder = mkdtempSync(join(tmpdir(), "cache-feedback-"));
  const opened: Feedback[] = [];
  return {
    async open() {
      const feedback = createSqliteFeedback(join(folder, "below", "cache-feedback.db"));
      opened.push(feedback);
      return feedback;
    },
    outlive: async () => undefined,
    async close() {
      for (const feedback of opened) await feedback.close();
      rmSync(folder, { recursive: true });
    },
  };
});
