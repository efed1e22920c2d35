import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FollowedClock } from "./clock.js";

const HOUR_MS = 3_600_000;

describe("FollowedClock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "performance"], now: 1_800_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is this machine's until it has followed another, then the other's, half a round trip on", () => {
    const clock = new FollowedClock();
    expect(clock.nowMs()).toBe(Date.now());
    clock.follow(Date.now() + 5_000, 20);
    expect(clock.nowMs()).toBe(Date.now() + 5_010);
    expect(clock.offsetMs).toBe(5_010);
    vi.advanceTimersByTime(700);
    expect(clock.nowMs()).toBe(Date.now() + 5_010);
  });

  it.each([HOUR_MS, -HOUR_MS])("does not jump with this machine's clock (%d ms), and tells the offset", (jumpMs) => {
    const clock = new FollowedClock();
    clock.follow(Date.now(), 0);
    const before = clock.nowMs();
    vi.setSystemTime(Date.now() + jumpMs);
    expect(clock.nowMs()).toBe(before);
    clock.follow(before, 0);
    expect(clock.nowMs()).toBe(before);
    expect(clock.offsetMs).toBe(-jumpMs);
  });
});
