import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../testing/fixtures.ts";
import { type Breaker, type BreakerNews, createBreaker, type Health } from "./breaker.ts";

const policy = {
  windowMs: 10_000,
  minAttempts: 4,
  failureRate: 0.5,
  slowMs: 1_000,
  slowRate: 0.75,
  openMs: 1_000,
  maxOpenMs: 4_000,
};

describe("a circuit breaker", () => {
  let clock: FakeClock;
  let news: BreakerNews[];
  let breaker: Breaker;

  beforeEach(() => {
    clock = fakeClock();
    news = [];
    breaker = createBreaker(policy, clock.now, (change) => news.push(change));
  });

  const attempt = (health: Health, tookMs = 10) => breaker.begin().ended(health, tookMs);
  const attempts = (...ends: readonly Health[]) => {
    for (const health of ends) attempt(health);
  };
  const breakIt = () => attempts("bad", "bad", "bad", "bad");

  it("opens when the share of failures is reached, and says so once", () => {
    attempts("good", "good", "bad");
    expect(breaker.state()).toBe("closed");
    attempt("bad");
    expect(breaker.state()).toBe("open");
    expect(breaker.isAdmitting()).toBe(false);
    expect(news).toEqual([{ state: "open", openMs: 1_000, source: "seen" }]);
  });

  it("stays closed below the least number of attempts, and below the share", () => {
    attempts("bad", "bad", "bad");
    expect(breaker.state()).toBe("closed");
    clock.advance(20_000);
    attempts("good", "good", "good", "bad", "good", "bad");
    expect(breaker.state()).toBe("closed");
  });

  it("opens when too many answers are slow, although they are answers", () => {
    attempt("good");
    for (const tookMs of [1_000, 2_000]) attempt("good", tookMs);
    expect(breaker.state()).toBe("closed");
    attempt("good", 3_000);
    expect(breaker.state()).toBe("open");
  });

  it("does not count what says nothing of the place", () => {
    attempts("bad", "bad", "bad", "neutral", "neutral");
    expect(breaker.state()).toBe("closed");
  });

  it("forgets failures that are older than the window", () => {
    attempts("bad", "bad", "bad");
    clock.advance(10_000);
    attempt("bad");
    expect(breaker.state()).toBe("closed");
  });

  it("lets one probe at a time through when its time is over", () => {
    breakIt();
    clock.advance(999);
    expect(breaker.state()).toBe("open");
    clock.advance(1);
    expect(breaker.state()).toBe("half_open");
    expect(breaker.isAdmitting()).toBe(true);
    breaker.begin();
    expect(breaker.isAdmitting()).toBe(false);
    clock.advance(1_999);
    expect(breaker.isAdmitting()).toBe(false);
  });

  it("lets another probe through when one hangs, each later than the one before", () => {
    breakIt();
    clock.advance(1_000);
    const hanging = breaker.begin();
    for (const waitMs of [2_000, 4_000, 4_000]) {
      clock.advance(waitMs - 1);
      expect(breaker.isAdmitting()).toBe(false);
      clock.advance(1);
      expect(breaker.isAdmitting()).toBe(true);
      breaker.begin();
    }
    hanging.ended("bad", 10_000);
    expect(breaker.state()).toBe("half_open");
    clock.advance(4_000);
    breaker.begin().answered();
    expect(breaker.state()).toBe("closed");
  });

  it("stays open where a probe answers, but slowly", () => {
    breakIt();
    clock.advance(1_000);
    const probe = breaker.begin();
    clock.advance(1_000);
    probe.answered();
    expect(breaker.state()).toBe("half_open");
    probe.ended("good", 1_000);
    expect(breaker.state()).toBe("open");
    expect(news.at(-1)).toMatchObject({ state: "open", openMs: 2_000 });
  });

  it("does not open where nothing failed, whatever share is asked for", () => {
    breaker = createBreaker({ ...policy, failureRate: 0, slowRate: 0 }, clock.now, (change) => news.push(change));
    attempts("good", "good", "good", "good", "good");
    expect(breaker.state()).toBe("closed");
    attempt("bad");
    expect(breaker.state()).toBe("open");
  });

  it("closes at a probe's first content, long before it is over", () => {
    breakIt();
    clock.advance(1_000);
    const probe = breaker.begin();
    probe.answered();
    expect(breaker.state()).toBe("closed");
    expect(news.at(-1)).toEqual({ state: "closed", openMs: 0, source: "seen" });
    probe.ended("good", 10);
    expect(news).toHaveLength(2);
  });

  it("counts a probe that breaks after its first content as one failure", () => {
    breakIt();
    clock.advance(1_000);
    const probe = breaker.begin();
    probe.answered();
    probe.ended("bad", 10);
    expect(breaker.state()).toBe("closed");
    attempts("bad", "bad", "bad");
    expect(breaker.state()).toBe("open");
  });

  it("doubles its time with each probe that fails, up to the longest, and begins anew once it was closed", () => {
    breakIt();
    for (const openMs of [1_000, 2_000, 4_000, 4_000]) {
      expect(news.at(-1)?.openMs).toBe(openMs);
      clock.advance(openMs);
      attempt("bad");
    }
    clock.advance(4_000);
    attempt("good");
    breakIt();
    expect(news.at(-1)?.openMs).toBe(1_000);
  });

  it("is free for the next probe when one says nothing", () => {
    breakIt();
    clock.advance(1_000);
    attempt("neutral");
    expect(breaker.state()).toBe("half_open");
    expect(breaker.isAdmitting()).toBe(true);
  });

  it("learns nothing from attempts that began before it opened, whenever they end", () => {
    const early = Array.from({ length: 10 }, () => breaker.begin());
    const [answered, ...others] = early;
    breakIt();
    answered?.answered();
    answered?.ended("good", 10);
    expect(breaker.state()).toBe("open");
    others.pop()?.ended("bad", 10);
    clock.advance(1_000);
    const probe = breaker.begin();
    others.pop()?.ended("bad", 10);
    others.pop()?.ended("neutral", 10);
    expect(breaker.isAdmitting()).toBe(false);
    probe.ended("good", 10);
    for (const late of others) late.ended("bad", 10);
    expect(breaker.state()).toBe("closed");
  });

  it("is closed by a last resort that answers, and not held against by one that fails", () => {
    breakIt();
    attempts("bad", "bad", "bad", "bad");
    expect(news).toHaveLength(1);
    breaker.begin().answered();
    expect(breaker.state()).toBe("closed");
  });

  it("does not take a last resort beside the probe for the probe", () => {
    breakIt();
    clock.advance(1_000);
    const probe = breaker.begin();
    attempt("bad");
    expect(breaker.state()).toBe("half_open");
    expect(breaker.isAdmitting()).toBe(false);
    probe.ended("bad", 10);
    expect(breaker.state()).toBe("open");
  });

  describe("held open", () => {
    it("is open for so long, and says from where it knows", () => {
      breaker.holdOpen(3_000, "heard");
      expect(news).toEqual([{ state: "open", openMs: 3_000, source: "heard" }]);
      clock.advance(2_999);
      expect(breaker.isAdmitting()).toBe(false);
      clock.advance(1);
      expect(breaker.isAdmitting()).toBe(true);
    });

    it("is never open for longer than the longest", () => {
      breaker.holdOpen(3_600_000, "seen");
      clock.advance(4_000);
      expect(breaker.state()).toBe("half_open");
    });

    it("changes nothing where it is open for longer", () => {
      breaker.holdOpen(3_000, "heard");
      clock.advance(500);
      breaker.holdOpen(2_000, "heard");
      breaker.holdOpen(0, "heard");
      expect(news).toHaveLength(1);
      breaker.holdOpen(2_501, "heard");
      expect(news).toHaveLength(2);
    });

    it("makes old news of a probe under way", () => {
      breakIt();
      clock.advance(1_000);
      const probe = breaker.begin();
      breaker.holdOpen(1_000, "heard");
      probe.ended("bad", 10);
      expect(breaker.state()).toBe("open");
      expect(news).toHaveLength(2);
      clock.advance(1_000);
      expect(breaker.isAdmitting()).toBe(true);
    });
  });
});
