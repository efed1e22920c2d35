import { describe, expect, it } from "vitest";
import { UserRanges } from "./user-ranges.js";

function rangesAt(startMs: number) {
  const waits: number[] = [];
  let nowMs = startMs;
  const wait = async (durationMs: number) => {
    waits.push(durationMs);
    nowMs += durationMs;
  };
  const ranges = new UserRanges(100, { now: () => nowMs, wait });
  const advance = (durationMs: number) => {
    nowMs += durationMs;
  };
  return { ranges, waits, advance };
}

describe("UserRanges", () => {
  it("goes on behind the users that were taken", async () => {
    const { ranges, waits } = rangesAt(0);
    expect(await ranges.take(40, 1_000)).toBe(0);
    ranges.taken(0, 25);
    expect(await ranges.take(40, 1_000)).toBe(25);
    expect(waits).toEqual([]);
  });

  it("waits for the next step before a user comes again", async () => {
    const { ranges, waits } = rangesAt(30_000);
    ranges.taken(await ranges.take(60, 1_000), 60);
    expect(await ranges.take(60, 1_000)).toBe(0);
    expect(waits).toEqual([30_250]);
  });

  it("does not wait when the step of those users is over", async () => {
    const { ranges, waits, advance } = rangesAt(30_000);
    ranges.taken(await ranges.take(100, 1_000), 0);
    advance(30_000);
    expect(await ranges.take(60, 1_000)).toBe(0);
    expect(waits).toEqual([]);
  });

  it("does not let a run reach into the next step", async () => {
    const { ranges, waits } = rangesAt(29_000);
    expect(await ranges.take(10, 1_000)).toBe(0);
    expect(waits).toEqual([1_250]);
  });
});
