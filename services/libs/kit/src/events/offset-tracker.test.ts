import { describe, expect, it } from "vitest";
import { OffsetTracker } from "./offset-tracker.js";

describe("OffsetTracker", () => {
  it("commits up to the highest record with nothing unfinished below it", () => {
    const tracker = new OffsetTracker();
    for (const offset of [10, 11, 12, 15]) tracker.begin(offset);
    expect(tracker.committable()).toBeUndefined();
    tracker.finish(11);
    tracker.finish(15);
    expect(tracker.committable()).toBeUndefined();
    tracker.finish(10);
    expect(tracker.committable()).toBe(12);
    tracker.finish(12);
    expect(tracker.committable()).toBe(16);
    tracker.committed(16);
    expect(tracker.committable()).toBeUndefined();
  });

  it("never commits past a record that has to come again", () => {
    const tracker = new OffsetTracker();
    for (let offset = 0; offset < 10_000; offset++) tracker.begin(offset);
    for (let offset = 0; offset < 10_000; offset++) if (offset !== 7_000) tracker.finish(offset);
    expect(tracker.committable()).toBe(7_000);
    tracker.finish(7_000);
    expect(tracker.committable()).toBe(10_000);
  });

  it("knows what lies ahead", () => {
    const tracker = new OffsetTracker();
    expect(tracker.follows(0)).toBe(true);
    tracker.begin(5);
    expect(tracker.follows(5)).toBe(false);
    expect(tracker.follows(6)).toBe(true);
  });
});
