import { describe, expect, it } from "vitest";
import { FailureLimit } from "./failure-limit.js";

const limitOf = (perSource: number, overall: number) => new FailureLimit({ perSource, overall, windowMs: 1_000 });

describe("FailureLimit", () => {
  it("takes so many wrong tries of one source, and others' besides", () => {
    const limit = limitOf(2, 10);
    expect([0, 1, 2].map(() => limit.reserve("192.0.2.1", 0))).toEqual([true, true, false]);
    expect(limit.reserve("192.0.2.2", 0)).toBe(true);
    expect(limit.reserve("192.0.2.1", 999)).toBe(false);
    expect(limit.reserve("192.0.2.1", 1_000)).toBe(true);
  });

  it("takes no more from all together", () => {
    const limit = limitOf(2, 3);
    const taken = Array.from({ length: 5 }, (_, index) => limit.reserve(`192.0.2.${index}`, 0));
    expect(taken).toEqual([true, true, true, false, false]);
  });

  it("does not count what was right", () => {
    const limit = limitOf(1, 1);
    for (let round = 0; round < 3; round++) {
      expect(limit.reserve("192.0.2.1", 0)).toBe(true);
      expect(limit.reserve("192.0.2.1", 0)).toBe(false);
      limit.release("192.0.2.1");
    }
    limit.release("192.0.2.1");
    expect(limit.reserve("192.0.2.2", 0)).toBe(true);
    expect(limit.reserve("192.0.2.3", 0)).toBe(false);
  });

  it("allows any number of tries as long as few were wrong", () => {
    const limit = limitOf(1, 10);
    for (let tries = 0; tries < 5; tries++) expect(limit.allows("192.0.2.1", 0)).toBe(true);
    limit.reserve("192.0.2.1", 0);
    expect([limit.allows("192.0.2.1", 999), limit.allows("192.0.2.2", 999)]).toEqual([false, true]);
    expect(limit.allows("192.0.2.1", 1_000)).toBe(true);
  });

  it("takes a /64 of IPv6 for one source", () => {
    const limit = limitOf(1, 10);
    expect(limit.reserve("2001:db8:0:1::5", 0)).toBe(true);
    expect(limit.reserve("2001:db8::1:0:0:0:6", 0)).toBe(false);
    expect(limit.reserve("2001:db8:0:2::5", 0)).toBe(true);
    expect(limit.reserve("::ffff:192.0.2.1", 0)).toBe(true);
    expect(limit.reserve("::ffff:192.0.2.2", 0)).toBe(true);
  });
});
