import { describe, expect, it } from "vitest";
import { RecentBuckets } from "./recent-buckets.js";
import { TokenBucket } from "./token-bucket.js";

function taken(bucket: TokenBucket, { perSecond, nowMs, times }: Record<"perSecond" | "nowMs" | "times", number>) {
  return Array.from({ length: times }, () => bucket.take(perSecond, nowMs)).filter(Boolean).length;
}

describe("TokenBucket", () => {
  it("lets through what comes in two seconds at once, then what its rate gives", () => {
    const bucket = new TokenBucket();
    expect(taken(bucket, { perSecond: 100, nowMs: 5_000, times: 1_000 })).toBe(200);
    expect(taken(bucket, { perSecond: 100, nowMs: 5_005, times: 10 })).toBe(0);
    expect(taken(bucket, { perSecond: 100, nowMs: 5_100, times: 100 })).toBe(10);
    expect(taken(bucket, { perSecond: 100, nowMs: 60_000, times: 1_000 })).toBe(200);
  });

  it("holds to its rate however often it is asked in between", () => {
    const bucket = new TokenBucket();
    taken(bucket, { perSecond: 50, nowMs: 0, times: 100 });
    let through = 0;
    for (let nowMs = 1; nowMs <= 10_000; nowMs++) through += taken(bucket, { perSecond: 50, nowMs, times: 3 });
    expect(through).toBe(500);
  });

  it("has two tokens at one a second, and takes another rate at once", () => {
    const bucket = new TokenBucket();
    expect(taken(bucket, { perSecond: 1, nowMs: 0, times: 10 })).toBe(2);
    expect(taken(bucket, { perSecond: 1_000, nowMs: 100, times: 1_000 })).toBe(100);
  });
});

describe("RecentBuckets", () => {
  it("keeps the bucket of a key that is seen again, however many others come by", () => {
    const buckets = new RecentBuckets(8);
    const bucket = buckets.of("192.0.2.1");
    for (let at = 0; at < 100; at++) {
      buckets.of(`198.51.100.${at}`);
      if (at % 2 === 0) expect(buckets.of("192.0.2.1")).toBe(bucket);
    }
  });

  it("forgets the one that was not seen for as many others as it may hold", () => {
    const buckets = new RecentBuckets(8);
    const bucket = buckets.of("192.0.2.1");
    for (let at = 0; at < 8; at++) buckets.of(`198.51.100.${at}`);
    expect(buckets.of("192.0.2.1")).not.toBe(bucket);
  });
});
