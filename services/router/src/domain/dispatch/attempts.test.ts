import { describe, expect, it } from "vitest";
import { fakeClock, model, recordingObserver, resiliencePolicy } from "../../testing/fixtures.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { attemptLog } from "./attempts.ts";
import { createResilience } from "./resilience.ts";

describe("what attempts say of their place", () => {
  it("is that it is down where it never answers, though the time-outs vary by a hair", () => {
    const clock = fakeClock();
    const resilience = createResilience(resiliencePolicy, clock, recordingObserver());
    const log = attemptLog("stream", clock, resilience);
    const choice = { model: model("silent") };
    const deployment = choice.model.deployments[0];
    const breaker = resilience.fleet.of(deployment).breaker;
    for (let number = 0; number < resiliencePolicy.breaker.minAttempts; number++) {
      expect(breaker.state()).toBe("closed");
      const attempt = log.begin({ choice, deployment, pauseMs: 0, isNewModel: true }, false, () => ({}));
      clock.advance(1_000 - number);
      attempt.ended({ failure: new AttemptFailure("UPSTREAM_TIMEOUT", "no answer came") });
    }
    expect(breaker.state()).toBe("open");
  });
});
