import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evidenceLifeMs, type Feedback } from "./ports.ts";

/** One kind of feedback, as the contract suite needs it. */
export interface FeedbackHarness {
  /** What is remembered, as another process sees it, or the same one after a restart. */
  open(): Promise<Feedback>;
  /** Lets the time pass in which evidence counts. */
  outlive(): Promise<void>;
  /** Lets go of everything, what was opened included. */
  close(): Promise<void>;
}

const startMs = 1_790_000_000_000;
const nothing = { bad: 0, hits: 0 };

/** Registers what every kind of {@link Feedback} must do. */
export function feedbackContract(kind: string, harness: () => FeedbackHarness): void {
  describe(`the ${kind} feedback`, () => {
    let own: FeedbackHarness;
    let feedback: Feedback;

    beforeEach(async () => {
      own = harness();
      feedback = await own.open();
    });
    afterEach(() => own.close());

    it("knows nothing of a partition at first, and counts no hits there", async () => {
      await feedback.countHit("acme", "p", startMs);
      expect(await feedback.of("acme", "p", startMs)).toEqual(nothing);
    });

    it("counts every reported answer once, and the hits since", async () => {
      await feedback.report("acme", "p", "a~1", startMs);
      await feedback.report("acme", "p", "a~1", startMs);
      await feedback.report("acme", "p", "a~2", startMs);
      await feedback.countHit("acme", "p", startMs);
      expect(await feedback.of("acme", "p", startMs)).toEqual({ bad: 2, hits: 1 });
    });

    it("keeps tenants and partitions apart", async () => {
      await feedback.report("acme", "p", "a", startMs);
      await feedback.countHit("other", "p", startMs);
      expect(await feedback.of("other", "p", startMs)).toEqual(nothing);
      expect(await feedback.of("acme", "q", startMs)).toEqual(nothing);
    });

    it("remembers across processes", async () => {
      await feedback.report("acme", "p", "a", startMs);
      expect(await (await own.open()).of("acme", "p", startMs)).toEqual({ bad: 1, hits: 0 });
    });

    it("forgets when nothing was reported for long", async () => {
      await feedback.report("acme", "p", "a", startMs);
      expect(await feedback.of("acme", "p", startMs + evidenceLifeMs - 1)).toEqual({ bad: 1, hits: 0 });
      await own.outlive();
      const laterMs = startMs + evidenceLifeMs;
      expect(await feedback.of("acme", "p", laterMs)).toEqual(nothing);
      await feedback.report("acme", "p", "a", laterMs);
      expect(await feedback.of("acme", "p", laterMs)).toEqual({ bad: 1, hits: 0 });
    });
  });
}
