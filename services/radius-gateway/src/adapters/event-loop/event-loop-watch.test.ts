import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EventLoopWatch } from "./event-loop-watch.js";

let nowMs = 0;
let watch: EventLoopWatch;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  watch = new EventLoopWatch();
  watch.onApplicationBootstrap();
});
afterEach(() => {
  watch.beforeApplicationShutdown();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Lets the timer come as late as this, several times. */
function lateBy(ms: number, times: number): boolean {
  for (let count = 0; count < times; count++) {
    nowMs += 100 + ms;
    vi.advanceTimersByTime(100);
  }
  return watch.isLate;
}

it("is not late for one long pause, nor for many short ones", () => {
  expect(lateBy(0, 10)).toBe(false);
  expect(lateBy(1_500, 1)).toBe(false);
  expect(lateBy(400, 50)).toBe(false);
});

it("is late when several looks in a row are, until it is in time again", () => {
  expect(lateBy(1_500, 3)).toBe(true);
  expect(lateBy(0, 20)).toBe(false);
});

it("is late while the thread is on which its work hangs", () => {
  let ownerLatenessMs = 1_500;
  const hanging = new EventLoopWatch(() => ownerLatenessMs);
  expect(hanging.isLate).toBe(true);
  ownerLatenessMs = 100;
  expect(hanging.isLate).toBe(false);
});
